import { createHash } from "node:crypto";
import { Manifest, type Origin } from "../../agent/manifest";

/** Images by process, as a stack asks for them: by digest, or by a tag that the host follows. */
export type Images = Readonly<Record<string, string>>;

/** What a stack remembers of an app's last release: what was asked for, and who asked. */
export interface Provenance {
  /** SHA-256 of the manifest less what is settled here, hexadecimal. A secret: the manifest holds passwords. */
  readonly content: string;
  readonly origin: Origin;
  /** Images that were asked for; none in what an older version of this program remembered. */
  readonly images?: Images;
  /** Images that had been asked for before those, as the manifest says them to the host; none at the first release. */
  readonly before?: Images;
}

/** A manifest before it is known who asks for it and what was asked for before. */
export type Content = Omit<Manifest, "origin" | "before">;

/** Fingerprint of `content`; the order of keys plays no part. */
export function contentHash(content: Content): string {
  return createHash("sha256").update(canonical(content)).digest("hex");
}

/**
 * What goes with `content` to the host and into the stack's memory. Who asks and what was asked for before stay what they were while the
 * content is what the last release asked for already: otherwise every `up` by another person or from another commit would be a release
 * although nothing changed.
 */
export function settleProvenance(content: Content, last: Provenance | undefined, now: Origin): Provenance {
  const hash = contentHash(content);
  const images = imagesOf(content);
  // What was remembered without images asked for these very ones, since its content is the same.
  if (last?.content === hash) return { ...last, images };
  return { content: hash, origin: after(last, now), images, ...(last?.images && { before: last.images }) };
}

/**
 * One `up` of a stack runs at a time, so each is asked for after the last one, whatever the clock of the computer says that it is run on. How
 * far ahead the host believes it is the host's matter (`agent/sequence.ts`).
 */
function after(last: Provenance | undefined, now: Origin): Origin {
  return { ...now, sequence: Math.max(now.sequence, (last?.origin.sequence ?? -1) + 1) };
}

/**
 * The manifest as the host reads it; the same text for the same content and provenance.
 * @throws ZodError if the content is not what a host would take
 */
export function manifestText(content: Content, { origin, before }: Provenance): string {
  return JSON.stringify(Manifest.parse({ ...content, origin, ...(before && { before }) }));
}

function imagesOf({ processes }: Content): Images {
  return Object.fromEntries(Object.entries(processes).map(([name, { image }]) => [name, image]));
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
