import { pack } from "tar-stream";
import type { MachineOrder } from "./machines";

/** What a machine finds on its disk before it boots for the first time, besides its image. */
export interface Seed {
  readonly order: MachineOrder;
  /** Name servers that answer from inside the machine and from its containers. */
  readonly nameservers: readonly string[];
  /** Servers whose certificates the machine's own engine takes on trust of `ca` (PEM), e.g. `10.213.0.2:5000`. */
  readonly registries: readonly { readonly server: string; readonly ca: string }[];
}

/** Files of a seed by absolute path, without the leading slash: cloud-init's NoCloud source, name servers, trust. */
export function seedFiles(seed: Seed): Readonly<Record<string, string>> {
  const { order } = seed;
  // JSON is YAML, and cannot be broken by what a name or a key holds.
  const meta = { "instance-id": order.id, "local-hostname": order.hostname, "public-keys": order.sshKeys };
  return {
    "var/lib/cloud/seed/nocloud/meta-data": `${JSON.stringify(meta)}\n`,
    "var/lib/cloud/seed/nocloud/user-data": order.userData ?? "#cloud-config\n{}\n",
    ...(order.vendorData === undefined ? {} : { "var/lib/cloud/seed/nocloud/vendor-data": order.vendorData }),
    "etc/sandbox/resolv.conf": seed.nameservers.map((address) => `nameserver ${address}\n`).join(""),
    ...Object.fromEntries(
      seed.registries.map(({ server, ca }) => [`etc/docker/certs.d/${server}/ca.crt`, ca] as const),
    ),
  };
}

/**
 * A tar of files by path, owned by root; user data may hold secrets, so only root reads what cloud-init is given.
 * @param changed when the files were last changed, to the second
 */
export async function tarOf(files: Readonly<Record<string, string>>, changed = new Date()): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of Object.entries(files)) {
    archive.entry({ name, mtime: changed, mode: name.startsWith("var/lib/cloud/") ? 0o600 : 0o644 }, content);
  }
  archive.finalize();
  const pieces: Buffer[] = [];
  for await (const piece of archive) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}
