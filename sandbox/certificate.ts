import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Engine, runErrand } from "./engine";

/** PEM texts of one of the sandbox's own servers. */
export interface LastingCertificate {
  /** The authority that clients trust. Its key was never kept, so it vouches for this one certificate only. */
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

const files = { ca: "ca.crt", certificate: "tls.crt", key: "tls.key" } as const;

/**
 * The certificate in `folder`, made on first use: valid for ten years, for one IPv4 address.
 * @param image any image with openssl
 */
export async function lastingCertificate(
  engine: Engine,
  image: string,
  folder: string,
  address: string,
): Promise<LastingCertificate> {
  try {
    return await readAll(folder);
  } catch {
    const script = [
      "cd /tmp",
      "new='openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 3650'",
      "$new -subj '/CN=Slipway sandbox authority' -keyout ca.key -out ca.crt 2>/dev/null",
      `$new -subj '/CN=${address}' -addext subjectAltName=IP:${address} -addext basicConstraints=critical,CA:FALSE -addext extendedKeyUsage=serverAuth -CA ca.crt -CAkey ca.key -keyout tls.key -out tls.crt 2>/dev/null`,
      "cat ca.crt tls.crt tls.key",
    ];
    const text = await runErrand(engine, { image, command: ["sh", "-ec", script.join("\n")], labels: {} });
    const [ca, certificate, key] = text.match(/-----BEGIN ([A-Z ]+)-----[^-]+-----END \1-----\n/g) ?? [];
    if (ca === undefined || certificate === undefined || key === undefined) {
      throw new Error(`openssl made no certificate for ${address}`);
    }
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, files.key), key, { mode: 0o600 });
    await writeFile(join(folder, files.certificate), certificate);
    await writeFile(join(folder, files.ca), ca);
    return { ca, certificate, key };
  }
}

async function readAll(folder: string): Promise<LastingCertificate> {
  const read = (name: string) => readFile(join(folder, name), "utf8");
  return { ca: await read(files.ca), certificate: await read(files.certificate), key: await read(files.key) };
}
