import { randomBytes } from "node:crypto";

/** A password in the form of the real clouds'. It is random: a secret that could be known beforehand would hide leaks. */
export function newPassword(): string {
  return `AVNS_${randomBytes(14).toString("base64url").replaceAll(/[-_]/g, "x")}`;
}
