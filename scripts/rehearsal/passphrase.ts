/**
 * Values as Pulumi encrypts them with a passphrase: PBKDF2 of SHA-256 over a salt, then AES-256-GCM
 * (pulumi/pulumi, `sdk/go/common/resource/config/crypt.go`). The file's `encryptionsalt` holds the salt and a known word.
 */
import { createCipheriv, createDecipheriv, pbkdf2Sync, randomBytes } from "node:crypto";

const ROUNDS = 1_000_000;
const KEY_BYTES = 32;
const SALT_BYTES = 8;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KNOWN_WORD = "pulumi";

/** A passphrase together with the salt of one stack's file. */
export class Passphrase {
  /** For `encryptionsalt` of the file. */
  readonly salt: string;
  readonly #key: Buffer;

  private constructor(salt: string, key: Buffer) {
    this.salt = salt;
    this.#key = key;
  }

  /** With a new salt. */
  static make(text: string): Passphrase {
    const salt = randomBytes(SALT_BYTES);
    const key = keyOf(text, salt);
    return new Passphrase(`v1:${salt.toString("base64")}:${seal(key, KNOWN_WORD)}`, key);
  }

  /** With the salt of a file; undefined if the passphrase is not the one of that file. */
  static of(text: string, encryptionsalt: string): Passphrase | undefined {
    const [version, salt, ...known] = encryptionsalt.split(":");
    if (version !== "v1" || salt === undefined) return undefined;
    const key = keyOf(text, Buffer.from(salt, "base64"));
    return open(key, known.join(":")) === KNOWN_WORD ? new Passphrase(encryptionsalt, key) : undefined;
  }

  /** What stands behind `secure:` for a value. */
  seal(value: string): string {
    return seal(this.#key, value);
  }

  /** The value behind `secure:`; undefined if it was encrypted otherwise. */
  open(sealed: string): string | undefined {
    return open(this.#key, sealed);
  }
}

function keyOf(text: string, salt: Buffer): Buffer {
  return pbkdf2Sync(text, salt, ROUNDS, KEY_BYTES, "sha256");
}

function seal(key: Buffer, value: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const sealed = Buffer.concat([cipher.update(value, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return `v1:${nonce.toString("base64")}:${sealed.toString("base64")}`;
}

function open(key: Buffer, text: string): string | undefined {
  const [version, nonce = "", sealed = ""] = text.split(":");
  if (version !== "v1") return undefined;
  const bytes = Buffer.from(sealed, "base64");
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64"));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]).toString("utf8");
  } catch {
    return undefined;
  }
}
