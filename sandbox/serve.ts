import { writeFile } from "node:fs/promises";
import type { Server } from "node:http";
import { join } from "node:path";
import { serve as listen } from "@hono/node-server";
import { createSandboxApp } from "./app";
import { systemClock } from "./control/clock";
import { buildOf, checkPort, pidFile } from "./daemon";
import { Authority } from "./databases/authority";
import { DockerDatabases } from "./databases/docker";
import { DockerNames } from "./dns/docker";
import { TcpForwards } from "./forwards/forwards";
import { probeConfinement } from "./machines/confinement";
import { DockerMachines } from "./machines/docker";
import { prepare } from "./prepare";
import type { Slot } from "./slot";
import { fileStore } from "./store/file";
import { reasonOf, UserError } from "./userError";

/**
 * Runs the daemon until it gets SIGTERM or SIGINT.
 * @param program the bundled `sandbox/main.js`
 */
export async function serve(slot: Slot, version: string, program: string): Promise<void> {
  const say = (line: string) => console.log(`${new Date().toISOString()} ${line}`);
  // A second daemon must not touch the records of the first.
  await checkPort(slot);
  const { engine, images, certificate } = await prepare(slot, [], say);
  const confinement = await probeConfinement(engine, images.bare, slot.label);
  const machines = new DockerMachines({
    engine,
    slot,
    images,
    confinement,
    registries: [{ server: slot.registry.server, ca: certificate.ca }],
    notes: join(slot.folder, "machines"),
  });
  const kept = join(slot.folder, "databases");
  const databases = new DockerDatabases({
    engine,
    slot,
    image: images.postgres,
    authority: new Authority(engine, images.postgres, kept),
    notes: join(kept, "servers"),
  });
  const forwards = new TcpForwards(join(slot.folder, "forwards.json"), slot.forwardPorts);
  const build = await buildOf(program);
  const { app, restore, settled } = createSandboxApp({
    machines,
    databases,
    names: new DockerNames(engine, slot),
    store: fileStore(join(slot.folder, "state.json")),
    clock: systemClock,
    network: planOf(slot),
    forwards,
    version,
    facts: () => ({
      slot: slot.number,
      pid: process.pid,
      build,
      registry: slot.registry.server,
      dns: slot.dns.address,
      acme: { directory: slot.acme.directory, root: slot.acme.root, issuers: slot.acme.issuers },
      confinement: confinement.mode,
      images,
      forwards: forwards.list(),
    }),
    log: say,
  });
  const unwatch = await machines.watchReboots(say);
  await machines.finishPowering();
  const report = await restore();
  say(`records: ${JSON.stringify(report)}`);
  await forwards.restore();
  const server = await new Promise<Server>((resolve, reject) => {
    const made = listen({ fetch: app.fetch, hostname: slot.api.host, port: slot.api.port }, () =>
      resolve(made as Server),
    );
    made.once("error", (error: Error) => reject(new UserError(`cannot listen on ${slot.api.url}: ${error.message}`)));
  });
  await writeFile(pidFile(slot), `${process.pid}\n`);
  say(`listening at ${slot.api.url}`);
  await new Promise<void>((resolve) => {
    process.once("SIGTERM", () => resolve());
    process.once("SIGINT", () => resolve());
  });
  say("ending");
  unwatch();
  server.close();
  server.closeIdleConnections();
  await settled().catch((error: unknown) => say(`work was not ended: ${reasonOf(error)}`));
  // Connections that clients hold open would keep the process.
  process.exit(0);
}

/** The addresses of a slot's network that the cloud hands out. */
function planOf(slot: Slot) {
  const net = slot.network.gateway.replace(/\.1$/, "");
  return {
    subnet: slot.network.subnet,
    gateway: slot.network.gateway,
    machines: [`${net}.10`, `${net}.179`],
    databases: [`${net}.180`, `${net}.199`],
    reserved: [`${net}.200`, `${net}.250`],
  } as const;
}
