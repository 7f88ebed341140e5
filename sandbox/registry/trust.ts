import { readFile } from "node:fs/promises";
import { type Engine, runErrand } from "../engine";
import type { Slot } from "../slot";

/** Where an engine looks for authorities of single registries, on its own computer. */
const folder = "/etc/docker/certs.d";

/**
 * Lets the engine that builds images trust the registry. Its folder is reached by a bind mount, so whoever may use the
 * engine may do this.
 */
export async function trustRegistry(engine: Engine, slot: Slot, image: string, ca: string): Promise<void> {
  const known = await readFile(`${folder}/${slot.registry.server}/ca.crt`, "utf8").catch(() => undefined);
  if (known === ca) return;
  await inFolder(engine, slot, image, 'mkdir -p "$0" && printf %s "$1" >"$0/ca.crt"', ca);
}

/** Takes the trust back. */
export async function distrustRegistry(engine: Engine, slot: Slot, image: string): Promise<void> {
  await inFolder(engine, slot, image, 'rm -rf "$0"');
}

async function inFolder(engine: Engine, slot: Slot, image: string, script: string, ...args: string[]): Promise<void> {
  await runErrand(engine, {
    image,
    command: ["sh", "-ec", `cd /certs\n${script}`, slot.registry.server, ...args],
    labels: slot.label,
    host: { Binds: [`${folder}:/certs`], NetworkMode: "none" },
  });
}
