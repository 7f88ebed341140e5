import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { rootCertificates } from "node:tls";

/** Where Linux distributions keep the bundle of trusted certificates; the first that exists counts. */
const bundles = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/**
 * Certificates that this computer trusts and the public does not, e.g. of a company's proxy: without them nothing
 * inside a machine could speak TLS through it.
 */
export async function hostCertificates(): Promise<readonly string[]> {
  for (const path of bundles) {
    const text = await readFile(path, "utf8").catch(() => undefined);
    if (text !== undefined) return privateOnes(text, rootCertificates);
  }
  return [];
}

/** The certificates of a PEM bundle that are not in `known`, each once, in the bundle's order. */
export function privateOnes(bundle: string, known: readonly string[]): readonly string[] {
  const seen = new Set(known.map(fingerprint));
  const blocks = bundle.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.filter((pem) => {
    const print = fingerprint(pem);
    if (print === undefined || seen.has(print)) return false;
    seen.add(print);
    return true;
  });
}

function fingerprint(pem: string): string | undefined {
  try {
    return new X509Certificate(pem).fingerprint256;
  } catch {
    return undefined;
  }
}
