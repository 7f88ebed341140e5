/** What an app and its stack are called on their host. */
import { createHash } from "node:crypto";
import type { Settings } from "./settings";

/** Longest name of an app; see `Name` of the manifest. */
const LONGEST = 32;
/** Characters of the fingerprint that stands for what had to be left out. */
const FINGERPRINT = 6;

/**
 * The app's own name on the stack's own machine; on another stack's machine `APP-STACK`, e.g. `shop-pr-7`. What is not a-z, 0-9 or a hyphen
 * becomes a hyphen; where that or the length of 32 takes something away, a fingerprint of the full name ends the name, so that
 * no two are the same.
 */
export function nameOnHost({ host, stack }: Pick<Settings, "host" | "stack">, app: string): string {
  if (host.provider !== "stack") return app;
  const full = `${app}-${stack}`;
  const plain = full
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/-$/, "");
  if (plain === full && plain.length <= LONGEST) return plain;
  const fingerprint = createHash("sha256").update(full).digest("hex").slice(0, FINGERPRINT);
  return `${plain.slice(0, LONGEST - FINGERPRINT - 1).replace(/-+$/, "")}-${fingerprint}`;
}

/** The stack that an app on a host belongs to, `PROJECT/STACK`. */
export function stackName({ project, stack }: Pick<Settings, "project" | "stack">): string {
  return `${project}/${stack}`;
}
