/** A stack's settings with a placeholder for each secret: enough to plan it from nothing, where nobody may know the secrets. Plain data. */
import { type StackDocument, secretsAskedFor } from "../rehearsal/derive";

/** @see withPlaceholders */
export interface Sealing {
  /** For `encryptionsalt`. */
  readonly salt: string;
  seal(value: string): string;
}

/** What stands for every secret: long enough for any rule about length. */
const placeholder = "a-placeholder-for-a-plan-from-nothing";

/** The same for a secret that has to be an address. */
const addresses: Readonly<Record<string, string>> = {
  "slipway:notify.webhook": `https://placeholder.invalid/${placeholder}`,
};

/** Sections that are looked up with a token when a plan is made. */
const lookedUp = ["slipway:dns", "slipway:github"];

/** Providers that don't begin without one. */
const tokens = ["digitalocean:token", "linode:token"];

/** The settings, and the sections that had to be left out. */
export function withPlaceholders(
  document: StackDocument,
  sealing: Sealing,
): { document: StackDocument; leftOut: readonly string[] } {
  const sealed = { secure: sealing.seal(placeholder) };
  const sealedFor = (key: string) => (key in addresses ? { secure: sealing.seal(addresses[key] ?? "") } : sealed);
  const replaced = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(replaced);
    if (typeof value !== "object" || value === null) return value;
    if (typeof (value as { secure?: unknown }).secure === "string") return sealed;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, replaced(inner)]));
  };
  const { encryptedkey, secretsprovider, environment, config = {}, ...rest } = document;
  const leftOut = lookedUp.filter((section) => section in config);
  const kept = Object.entries(config).filter(
    ([key]) => !leftOut.some((section) => key === section || key.startsWith(`${section}.`)),
  );
  const asked = [...tokens, ...secretsAskedFor(Object.fromEntries(kept))].map((key) => [key, sealedFor(key)]);
  return {
    document: {
      ...rest,
      encryptionsalt: sealing.salt,
      config: {
        ...Object.fromEntries(kept.map(([key, value]) => [key, replaced(value)])),
        ...Object.fromEntries(asked),
      },
    },
    leftOut,
  };
}
