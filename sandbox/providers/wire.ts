/**
 * The values of Pulumi's plugin protocol that plain JSON has no word for: secrets, assets and what is not known yet. They
 * travel as objects with a signature key, or as agreed strings; the figures are those of Pulumi's SDKs.
 */

const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const assetSignature = "c44067f5952c0a294b673a41bacd8c17";
const archiveSignature = "0def7320c3a5731c473e5ecbe6d01bc7";

/** A value during a preview that only the update will know. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** One string per kind of value; the engine sends the kind it expects. */
const unknowns = new Set([
  unknown,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7", // bool
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421", // number
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2", // array
  "030794c1-ac77-496b-92df-f27374a8bd58", // asset
  "e48ece36-62e2-4504-bad9-02848725956a", // archive
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff", // object
]);

/** Anything a property can hold. */
export type Value = null | boolean | number | string | readonly Value[] | { readonly [key: string]: Value | undefined };

/** The properties of one resource. A property that is `undefined` is the same as one that is absent. */
export type Properties = { readonly [key: string]: Value | undefined };

/** Whether any part of `value` is not known yet. */
export function hasUnknown(value: Value | undefined): boolean {
  if (typeof value === "string") return unknowns.has(value);
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some(hasUnknown);
}

/** Marks `value` so that the engine encrypts it in the state and hides it in what it prints. */
export function secret(value: Value): Value {
  return { [signatureKey]: secretSignature, value };
}

/** `value` without the marks of {@link secret}, at every depth. */
export function reveal(value: Value): Value {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(reveal);
  const object = value as Properties;
  if (object[signatureKey] === secretSignature) return reveal(object.value ?? null);
  return Object.fromEntries(
    Object.entries(object).map(([key, inner]) => [key, inner === undefined ? undefined : reveal(inner)]),
  );
}

/** A file, or a folder or set of files, handed over by the program. `hash` is the engine's SHA-256 of its content. */
export interface Asset {
  readonly kind: "asset" | "archive";
  readonly hash?: string;
  readonly text?: string;
  readonly path?: string;
  readonly uri?: string;
  /** Members of an archive by their path in it. */
  readonly assets?: { readonly [path: string]: Value | undefined };
}

/** `value` as an asset, or `undefined` if it is something else. */
export function asAsset(value: Value | undefined): Asset | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const { [signatureKey]: signature, ...fields } = value as Properties;
  const kind = signature === assetSignature ? "asset" : signature === archiveSignature ? "archive" : undefined;
  if (kind === undefined) return undefined;
  // An asset's unused sources travel as empty strings.
  const used = Object.entries(fields).filter(([, field]) => field !== "" && field !== null && field !== undefined);
  return { kind, ...Object.fromEntries(used) };
}

/** An asset as the protocol carries it. */
export function assetValue({ kind, ...fields }: Asset): Value {
  return { [signatureKey]: kind === "asset" ? assetSignature : archiveSignature, ...fields };
}
