/** Certificates of authorities that vouch for an app's database: files that the host and its containers find under the same path. */
import { createHash } from "node:crypto";

/** Folder of the certificates, on the host and in containers. */
const FOLDER = "/etc/slipway/authorities";

/** Path of a certificate (PEM): its own for each text, so that it never changes under a release that reads it. */
export function authorityPath(certificate: string): string {
  return `${FOLDER}/${createHash("sha256").update(certificate).digest("hex").slice(0, 16)}.crt`;
}
