import { createHash } from "node:crypto";

const TYPES =
  /^(ssh-(rsa|ed25519|dss)|ecdsa-sha2-nistp(256|384|521)|sk-(ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com)$/;

/**
 * The MD5 fingerprint of a public key in OpenSSH's form, sixteen bytes in hex with colons; `undefined` if it is none.
 */
export function fingerprint(publicKey: string): string | undefined {
  const [type, blob] = publicKey.trim().split(/\s+/);
  if (!type || !blob || !TYPES.test(type) || !/^[A-Za-z0-9+/]+=*$/.test(blob)) return undefined;
  const bytes = Buffer.from(blob, "base64");
  // The blob names its own type: a length of four bytes, then the name.
  if (bytes.length < 4 || bytes.subarray(4, 4 + bytes.readUInt32BE(0)).toString("latin1") !== type) return undefined;
  const digest = createHash("md5").update(bytes).digest("hex");
  return digest.replace(/(..)(?=.)/g, "$1:");
}
