import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Engine, runErrand } from "../engine";

/** PEM texts of one server's TLS. */
export interface ServerCertificate {
  readonly certificate: string;
  readonly key: string;
}

interface Kept {
  readonly ca: string;
  readonly key: string;
}

/** An openssl command for a new key and certificate, valid for ten years. */
const fresh = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 3650";

/** The authority that vouches for the database servers of one sandbox; made on first use, then kept in a folder. */
export class Authority {
  readonly #engine: Engine;
  readonly #image: string;
  readonly #folder: string;
  #kept: Promise<Kept> | undefined;

  /** @param image any image with openssl */
  constructor(engine: Engine, image: string, folder: string) {
    this.#engine = engine;
    this.#image = image;
    this.#folder = folder;
  }

  /** PEM of what clients trust. */
  async certificate(): Promise<string> {
    return (await this.#own()).ca;
  }

  /** A certificate for a server at an IPv4 address, and on loopback, where the sandbox's forwards lead to it. */
  async issue(address: string): Promise<ServerCertificate> {
    const { ca, key } = await this.#own();
    const names = `IP:${address},IP:127.0.0.1,DNS:localhost`;
    const made = await this.#openssl(
      [
        `${fresh} -subj '/CN=${address}' -addext subjectAltName=${names} -addext basicConstraints=critical,CA:FALSE -addext extendedKeyUsage=serverAuth -CA ca.crt -CAkey ca.key -keyout tls.key -out tls.crt 2>/dev/null`,
        "cat tls.crt tls.key",
      ],
      { "ca/ca.crt": ca, "ca/ca.key": key },
    );
    return { certificate: made[0], key: made[1] };
  }

  #own(): Promise<Kept> {
    this.#kept ??= this.#readOrMake().catch((error: unknown) => {
      this.#kept = undefined;
      throw error;
    });
    return this.#kept;
  }

  async #readOrMake(): Promise<Kept> {
    const files = { ca: join(this.#folder, "ca.crt"), key: join(this.#folder, "ca.key") };
    try {
      return { ca: await readFile(files.ca, "utf8"), key: await readFile(files.key, "utf8") };
    } catch {
      const [ca, key] = await this.#openssl([
        `${fresh} -subj '/CN=Slipway sandbox databases' -keyout ca.key -out ca.crt 2>/dev/null`,
        "cat ca.crt ca.key",
      ]);
      await mkdir(this.#folder, { recursive: true });
      await writeFile(files.key, key, { mode: 0o600 });
      await writeFile(files.ca, ca);
      return { ca, key };
    }
  }

  /** Runs a script that prints a certificate and its key. */
  async #openssl(script: readonly string[], files: Record<string, string> = {}): Promise<[string, string]> {
    const text = await runErrand(this.#engine, {
      image: this.#image,
      command: ["sh", "-ec", ["mkdir -p /ca", "cd /ca", ...script].join("\n")],
      labels: {},
      host: { NetworkMode: "none" },
      files,
    });
    const [certificate, key] = text.match(/-----BEGIN ([A-Z ]+)-----[^-]+-----END \1-----\n/g) ?? [];
    if (certificate === undefined || key === undefined) throw new Error("openssl made no certificate for a database");
    return [certificate, key];
  }
}
