import { createHash } from "node:crypto";
import type { Repository } from "./repositories/model";

/** The key that a repository's secrets are sealed with, as the API tells it. */
export interface PublicKey {
  readonly key_id: string;
  /** 32 bytes, base64. */
  readonly key: string;
}

/** Loaded when first needed: it is a program of its own in WebAssembly. */
async function sodium() {
  const { default: library } = await import("libsodium-wrappers");
  await library.ready;
  return library;
}

async function keyPair({ id }: Repository) {
  const seed = createHash("sha256").update(`slipway sandbox ${id}`).digest();
  return (await sodium()).crypto_box_seed_keypair(seed);
}

/** The public key. It comes from the repository's number, so that it is the same after a restart. */
export async function publicKey(repository: Repository): Promise<PublicKey> {
  const { publicKey } = await keyPair(repository);
  return { key_id: keyIdOf(repository), key: Buffer.from(publicKey).toString("base64") };
}

/** What the API calls that key: a number of up to 20 digits. */
export function keyIdOf({ id }: Repository): string {
  return BigInt(`0x${createHash("sha256").update(`key ${id}`).digest("hex").slice(0, 15)}`).toString();
}

/** What is in a sealed box; `undefined` if it was not sealed for this repository. @param sealed base64 */
export async function open(repository: Repository, sealed: string): Promise<Buffer | undefined> {
  const { publicKey, privateKey } = await keyPair(repository);
  try {
    return Buffer.from((await sodium()).crypto_box_seal_open(Buffer.from(sealed, "base64"), publicKey, privateKey));
  } catch {
    return undefined;
  }
}
