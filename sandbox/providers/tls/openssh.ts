/** Keys in OpenSSH's forms (RFC 4253, RFC 5656 and OpenSSH's PROTOCOL.key). ssh2's own generator makes one malformed Ed25519 key in 256. */
import { type KeyObject, randomBytes } from "node:crypto";

/** Names of NIST curves in SSH by their names in a JSON Web Key; OpenSSH knows no other. */
const curves: Readonly<Record<string, string>> = { "P-256": "nistp256", "P-384": "nistp384", "P-521": "nistp521" };

type Part = string | Buffer;

/** Length and bytes. */
function field(part: Part): Buffer {
  const bytes = Buffer.from(part);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

const fields = (...parts: Part[]) => Buffer.concat(parts.map(field));

/** A number without leading zeros, but with one where it would look negative. */
function number(base64url: string | undefined): Buffer {
  const bytes = Buffer.from(base64url ?? "", "base64url");
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = first < 0 ? Buffer.alloc(0) : bytes.subarray(first);
  return (digits[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.of(0), digits]) : digits;
}

/** The parts of a key as SSH writes them: its type, what is public, and what a private key has in their place. */
function parts(key: KeyObject): { type: string; open: Part[]; hidden: Part[] } {
  const jwk = key.export({ format: "jwk" });
  const bytes = (text: string | undefined) => Buffer.from(text ?? "", "base64url");
  switch (jwk.kty) {
    case "OKP": {
      const point = bytes(jwk.x);
      return { type: "ssh-ed25519", open: [point], hidden: [point, Buffer.concat([bytes(jwk.d), point])] };
    }
    case "RSA": {
      const [n, e] = [number(jwk.n), number(jwk.e)];
      return {
        type: "ssh-rsa",
        open: [e, n],
        hidden: [n, e, number(jwk.d), number(jwk.qi), number(jwk.p), number(jwk.q)],
      };
    }
    case "EC": {
      const curve = curves[jwk.crv ?? ""];
      if (curve === undefined) throw new Error(`OpenSSH has no keys on the curve ${jwk.crv}`);
      const open = [curve, Buffer.concat([Buffer.of(4), bytes(jwk.x), bytes(jwk.y)])];
      return { type: `ecdsa-sha2-${curve}`, open, hidden: [...open, number(jwk.d)] };
    }
    default:
      throw new Error(`OpenSSH has no keys of the kind ${jwk.kty}`);
  }
}

/** A public key: its type, and the bytes that fingerprints are taken of. */
export function publicBlob(key: KeyObject): { type: string; blob: Buffer } {
  const { type, open } = parts(key);
  return { type, blob: fields(type, ...open) };
}

/** A private key without a passphrase and without a comment, as `ssh-keygen` writes it. */
export function privateText(key: KeyObject): string {
  const { type, hidden } = parts(key);
  const check = randomBytes(4);
  const secret = Buffer.concat([check, check, fields(type, ...hidden, "")]);
  const padding = Buffer.from(Array.from({ length: (8 - (secret.length % 8)) % 8 }, (_, at) => at + 1));
  const count = Buffer.of(0, 0, 0, 1);
  const whole = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    fields("none", "none", ""),
    count,
    fields(publicBlob(key).blob, Buffer.concat([secret, padding])),
  ]);
  const lines = whole.toString("base64").match(/.{1,70}/g) ?? [];
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join("\n")}\n-----END OPENSSH PRIVATE KEY-----\n`;
}
