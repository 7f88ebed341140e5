import { join } from "node:path";
import { ensureAcme } from "./acme/acme";
import { type LastingCertificate, lastingCertificate } from "./certificate";
import { ensureNames } from "./dns/docker";
import { checkDisk, connectEngine, type Engine, ifThere } from "./engine";
import { type Extra, ensureImages, type Images } from "./images/index";
import type { Say } from "./progress";
import { publish } from "./registry/publish";
import { ensureRegistry } from "./registry/registry";
import { trustRegistry } from "./registry/trust";
import type { Slot } from "./slot";
import { UserError } from "./userError";

/** Everything on the engine that the daemon builds on. */
export interface Prepared {
  readonly engine: Engine;
  readonly images: Images;
  readonly certificate: LastingCertificate;
}

/**
 * Makes what is missing: images, network, name server, certificate authority, registry and trust in it. A second call finds all there and does nothing.
 * @param extras images for apps that are only made when asked for
 * @throws UserError where the computer lacks something
 */
export async function prepare(slot: Slot, extras: readonly Extra[], say: Say): Promise<Prepared> {
  const engine = await connectEngine();
  await checkDisk(engine);
  const images = await ensureImages(engine, slot.shared, extras, say);
  await ensureNetwork(engine, slot);
  await ensureNames(engine, slot, images.names);
  await ensureAcme(engine, slot, images.acme);
  const folder = join(slot.folder, "registry");
  const certificate = await lastingCertificate(engine, images.registry, folder, slot.registry.address);
  await ensureRegistry(engine, slot, images.registry, certificate);
  await trustRegistry(engine, slot, images.registry, certificate.ca);
  // No Dockerfile names it: a machine pulls it from the registry, as it would the public one.
  if (extras.includes("postgres")) await publish(engine, slot, "postgres:17");
  return { engine, images, certificate };
}

async function ensureNetwork(engine: Engine, slot: Slot): Promise<void> {
  const { name, subnet, gateway } = slot.network;
  if ((await ifThere(engine.docker.getNetwork(name).inspect())) !== undefined) return;
  try {
    await engine.docker.createNetwork({
      Name: name,
      Driver: "bridge",
      CheckDuplicate: true,
      Labels: { ...slot.label },
      IPAM: { Driver: "default", Config: [{ Subnet: subnet, Gateway: gateway }] },
    });
  } catch (error) {
    const text = (error as Error).message;
    if (!/overlap|address space|conflicts/i.test(text)) throw error;
    throw new UserError(
      `the network ${subnet} is in use here (${text}); take another sandbox: SLIPWAY_SANDBOX_SLOT=1 to 31 uses 10.213.1.0/24 to 10.213.31.0/24`,
    );
  }
}
