import { homedir } from "node:os";
import { join } from "node:path";
import { UserError } from "./userError";

/** Ports, addresses and folders of one sandbox. Thirty-two of them fit beside each other on one computer. */
export interface Slot {
  /** 0 to 31. 0 is a person's own; tests take the others. */
  readonly number: number;
  /** The emulated clouds. */
  readonly api: { readonly host: "127.0.0.1"; readonly port: number; readonly url: string };
  /** Ports that forwards take first, in this order. */
  readonly forwardPorts: readonly number[];
  /** Bridge network of the machines. */
  readonly network: { readonly name: string; readonly subnet: string; readonly gateway: string };
  /** `address:port`, as it stands in image names. */
  readonly registry: { readonly address: string; readonly server: string };
  /** The name server, on its usual port. */
  readonly dns: { readonly address: string };
  /** The certificate authority: the URL of its directory, and the files by which clients know it; see `acme/`. */
  readonly acme: {
    readonly address: string;
    readonly directory: string;
    /** Folder of what is kept. */
    readonly folder: string;
    /** PEM file of what vouches for the directory's own HTTPS. */
    readonly root: string;
    /** PEM file of what vouches for the certificates it issues, and issued since this sandbox was made. */
    readonly issuers: string;
  };
  /** The S3 server, on loopback, where one is started; see `objects/`. */
  readonly objects: { readonly port: number; readonly url: string; readonly folder: string };
  /** Label that everything made on the engine carries. */
  readonly label: { readonly "slipway.sandbox": string };
  /** Records, logs and certificates of this sandbox. */
  readonly folder: string;
  /** What all sandboxes of this user share: downloads and locks of image building. */
  readonly shared: string;
}

/** Port of the registry inside the sandbox's network. */
export const registryPort = 5000;

/** Port of the certificate authority's directory there. */
export const acmePort = 14000;

/**
 * The sandbox that the environment asks for: `SLIPWAY_SANDBOX_SLOT` (0 to 31, default 0) and `SLIPWAY_CACHE`
 * (default `~/.cache/slipway`).
 * @throws UserError for any other slot
 */
export function slotOf(environment: Readonly<Record<string, string | undefined>>): Slot {
  const text = environment.SLIPWAY_SANDBOX_SLOT ?? "0";
  if (!/^([12]?[0-9]|3[01])$/.test(text)) {
    throw new UserError(`SLIPWAY_SANDBOX_SLOT is ${JSON.stringify(text)}; allowed is a number, 0 to 31`);
  }
  const number = Number(text);
  const shared = join(environment.SLIPWAY_CACHE || join(homedir(), ".cache", "slipway"), "sandbox");
  const port = 8480 + 10 * number;
  const net = `10.213.${number}`;
  const folder = join(shared, text);
  return {
    number,
    api: { host: "127.0.0.1", port, url: `http://127.0.0.1:${port}` },
    forwardPorts: Array.from({ length: 9 }, (_, index) => port + 1 + index),
    network: { name: `slipway-sandbox-${number}`, subnet: `${net}.0/24`, gateway: `${net}.1` },
    registry: { address: `${net}.2`, server: `${net}.2:${registryPort}` },
    dns: { address: `${net}.3` },
    acme: {
      address: `${net}.4`,
      directory: `https://${net}.4:${acmePort}/dir`,
      folder: join(folder, "acme"),
      root: join(folder, "acme", "ca.crt"),
      issuers: join(folder, "acme", "issuers.pem"),
    },
    // Above the ports of every sandbox's APIs and forwards.
    objects: { port: 8800 + number, url: `http://127.0.0.1:${8800 + number}`, folder: join(folder, "objects") },
    label: { "slipway.sandbox": text },
    folder,
    shared,
  };
}

/** Name of the container, volume or helper `part` of a sandbox, e.g. `slipway-0-droplet-1`. */
export function nameIn(slot: Slot, part: string): string {
  return `slipway-${slot.number}-${part}`;
}
