import { createHash } from "node:crypto";
import type { Manifest, Origin } from "../../agent/manifest";

/** What a stack remembers of an app's last release: what was asked for, and who asked. */
export interface Provenance {
  /** SHA-256 of the manifest less its origin, hexadecimal. A secret: the manifest holds passwords. */
  readonly content: string;
  readonly origin: Origin;
}

/** A manifest before it is known who asks for it. */
export type Content = Omit<Manifest, "origin">;

/** Fingerprint of `content`; the order of keys plays no part. */
export function contentHash(content: Content): string {
  return createHash("sha256").update(canonical(content)).digest("hex");
}

/**
 * Who a release is asked for by: `now`, unless the content is what the last release asked for already. Otherwise every
 * `up` by another person or from another commit would be a release although nothing changed.
 */
export function settleOrigin(content: Content, last: Provenance | undefined, now: Origin): Provenance {
  const hash = contentHash(content);
  return last?.content === hash ? last : { content: hash, origin: now };
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
