import { rm } from "node:fs/promises";
import type Docker from "dockerode";
import { type Engine, ifThere } from "./engine";
import { LoopDisks } from "./machines/loopDisks";
import { shutDown } from "./machines/shutDown";
import { distrustRegistry } from "./registry/trust";
import { nameIn, type Slot } from "./slot";

/** Shuts all containers of the slot down. They are kept, and a start brings them back. */
export async function stopContainers(engine: Engine, slot: Slot): Promise<number> {
  const running = await containersOf(engine, slot, false);
  await Promise.all(running.map(({ Id: id }) => shutDown(engine.docker.getContainer(id))));
  await detachDisks(engine, slot);
  return running.length;
}

/** Removes every container, volume and network of the slot, images pushed to its registry, the trust in it, and its records. */
export async function purge(engine: Engine, slot: Slot): Promise<void> {
  const filters = labelFilter(slot);
  for (const { Id: id } of await containersOf(engine, slot, true)) {
    await ifThere(engine.docker.getContainer(id).remove({ force: true, v: true })).catch(ignore(409));
  }
  const { Volumes: volumes } = await engine.docker.listVolumes({ filters });
  for (const { Name: name } of volumes ?? []) await ifThere(engine.docker.getVolume(name).remove());
  for (const { Id: id } of await engine.docker.listNetworks({ filters })) {
    await ifThere(engine.docker.getNetwork(id).remove());
  }
  for (const name of await namesUnder(engine, `${slot.registry.server}/`)) {
    await ifThere(engine.docker.getImage(name).remove()).catch(ignore(409));
  }
  await detachDisks(engine, slot);
  const [image] = await imageNames(engine);
  if (image !== undefined) await distrustRegistry(engine, slot, image);
  await rm(slot.folder, { recursive: true, force: true });
}

/** Gives the kernel's devices of the slot's disks back; the next start of a machine has them again. */
async function detachDisks(engine: Engine, slot: Slot): Promise<void> {
  const image = (await imageNames(engine)).find((name) => name.startsWith("slipway-sandbox/machine-bare"));
  if (image === undefined) return;
  const disks = new LoopDisks(engine, slot, image);
  await disks.detach(await disks.list());
}

/** Removes the images that no other sandbox uses. @returns how many stay because they are in use */
export async function removeImages(engine: Engine): Promise<number> {
  let used = 0;
  for (const name of await imageNames(engine)) {
    await ifThere(engine.docker.getImage(name).remove()).catch((error: { statusCode?: number }) => {
      if (error.statusCode !== 409) throw error;
      used += 1;
    });
  }
  return used;
}

function imageNames(engine: Engine): Promise<readonly string[]> {
  return namesUnder(engine, "slipway-sandbox/");
}

/** Every name an image bears under `prefix`: an image that another sandbox holds keeps its digest here without a tag. */
async function namesUnder(engine: Engine, prefix: string): Promise<readonly string[]> {
  const all = await engine.docker.listImages();
  return all
    .flatMap((image) => [...(image.RepoTags ?? []), ...(image.RepoDigests ?? [])])
    .filter((name) => name.startsWith(prefix));
}

/** Names, states and memory of a slot's machines as the engine sees them. */
export async function machinesOnEngine(engine: Engine, slot: Slot) {
  const containers = await containersOf(engine, slot, true);
  const machines = containers.filter((container) => container.Labels["slipway.machine"] !== undefined);
  return Promise.all(
    machines.map(async (container) => ({
      id: container.Labels["slipway.machine"] ?? "",
      container: nameIn(slot, container.Labels["slipway.machine"] ?? ""),
      state: container.State === "running" ? ("on" as const) : ("off" as const),
      address: container.NetworkSettings.Networks[slot.network.name]?.IPAMConfig?.IPv4Address ?? "",
      /** MiB in use, without what the kernel only keeps to read it faster. */
      memory: container.State === "running" ? await memoryOf(engine, container.Id) : 0,
    })),
  );
}

async function memoryOf(engine: Engine, id: string): Promise<number> {
  const stats = await engine.docker.getContainer(id).stats({ stream: false, "one-shot": true });
  const { usage = 0, stats: parts } = stats.memory_stats as { usage?: number; stats?: Record<string, number> };
  return Math.round((usage - (parts?.total_inactive_file ?? parts?.inactive_file ?? 0)) / 1024 / 1024);
}

async function containersOf(engine: Engine, slot: Slot, all: boolean): Promise<Docker.ContainerInfo[]> {
  return engine.docker.listContainers({ all, filters: labelFilter(slot) });
}

function labelFilter(slot: Slot): { label: string[] } {
  return { label: Object.entries(slot.label).map(([name, value]) => `${name}=${value}`) };
}

function ignore(status: number): (error: { statusCode?: number }) => void {
  return (error) => {
    if (error.statusCode !== status) throw error;
  };
}
