import type { Hono } from "hono";
import { z } from "zod";
import type { SandboxEnv } from "../../http/env";
import { readAsked } from "../body";
import { findRegion } from "../catalog/regions";
import type { Cloud } from "../cloud";
import { page } from "../envelope";
import { beyondSandbox, notFound, refuseAll, refused } from "../errors";
import type { Change } from "../events/model";
import { begin, isOpen, notify, observe, untilShown } from "../events/run";
import { findInstance, type Instance } from "../instances/model";
import { type LabelRules, labelFaults } from "../label";
import { AskedTags } from "../tags";
import { diskId, type Volume } from "./model";
import { volumeTypes } from "./types";
import { volumeEntity, volumeView } from "./view";

const LEAST = 10;
const MOST = 16_384;
/** Volumes that one Linode can hold; the real number grows with its memory. */
const MOST_ATTACHED = 8;
const LABELS: LabelRules = {
  least: 1,
  most: 32,
  marks: "_-",
  allowed: "underscores, and dashes",
  among: "Volumes",
};

const size = z.number().int().min(LEAST, `Must be ${LEAST}-${MOST}`).max(MOST, `Must be ${LEAST}-${MOST}`);
const NewVolume = z.object({
  label: z.string(),
  region: z.string().nullish(),
  linode_id: z.number().int().nullish(),
  size: size.default(20),
  tags: AskedTags,
  encryption: z.enum(["enabled", "disabled"], { error: "Must be one of enabled, disabled" }).nullish(),
});
const ChangedVolume = z.object({ label: z.string().optional(), tags: AskedTags });
const path = "/volumes";

/** `/volumes`: block volumes. One is a disk from its first attachment on. */
export function volumeRoutes(api: Hono<SandboxEnv>, cloud: Cloud): void {
  const { state } = cloud;
  const show = (volume: Volume) => volumeView(state, volume);
  api.get(path, (c) => {
    for (const volume of state.volumes) observeVolume(cloud, volume);
    return page(c, state.volumes.map(show), ["label", "tags"]);
  });
  api.post(path, async (c) => {
    const volume = create(cloud, await readAsked(c, NewVolume));
    await act(cloud, volume, "volume_create", { kind: "volume_create", volume: volume.id });
    return c.json(show(volume));
  });
  api.get(`${path}/types`, (c) => page(c, volumeTypes, []));
  api.get(`${path}/:id{[0-9]+}`, (c) => {
    const volume = requireVolume(cloud, c.req.param("id"));
    observeVolume(cloud, volume);
    return c.json(show(requireVolume(cloud, c.req.param("id"))));
  });
  api.put(`${path}/:id{[0-9]+}`, async (c) => {
    const volume = requireVolume(cloud, c.req.param("id"));
    const asked = await readAsked(c, ChangedVolume);
    if (asked.label !== undefined) refuseAll(labelFaults(asked.label, LABELS, othersOf(cloud, volume)));
    Object.assign(volume, { label: asked.label ?? volume.label, tags: asked.tags ?? volume.tags });
    volume.updated = cloud.clock.now();
    notify(cloud, "volume_update", volumeEntity(volume));
    return c.json(show(volume));
  });
  api.post(`${path}/:id{[0-9]+}/attach`, async (c) => {
    const volume = requireVolume(cloud, c.req.param("id"));
    const asked = await readAsked(c, z.object({ linode_id: z.number().int() }));
    const instance = attachable(cloud, volume, asked.linode_id);
    volume.target = instance.id;
    await act(cloud, volume, "volume_attach", { kind: "volume_attach", volume: volume.id, linode: instance.id });
    return c.json(show(volume));
  });
  api.post(`${path}/:id{[0-9]+}/detach`, async (c) => {
    const volume = requireVolume(cloud, c.req.param("id"));
    if (volume.linode === null) throw refused("Volume is not attached");
    volume.target = null;
    await act(cloud, volume, "volume_detach", { kind: "volume_detach", volume: volume.id });
    return c.json({});
  });
  api.post(`${path}/:id{[0-9]+}/resize`, async (c) => {
    const volume = requireVolume(cloud, c.req.param("id"));
    const asked = await readAsked(c, z.object({ size }));
    if (asked.size <= volume.size) throw refused(`Must be larger than the current size, ${volume.size}`, "size");
    Object.assign(volume, { status: "resizing", targetSize: asked.size });
    await act(cloud, volume, "volume_resize", { kind: "volume_resize", volume: volume.id, size: asked.size });
    return c.json({ ...show(volume), size: asked.size });
  });
  api.delete(`${path}/:id{[0-9]+}`, async (c) => {
    const volume = requireVolume(cloud, c.req.param("id"));
    if (volume.linode !== null || eventsOf(cloud, volume).some(isOpen)) {
      throw refused("Volume must be detached before it can be deleted");
    }
    state.volumes = state.volumes.filter((known) => known !== volume);
    await cloud.machines.deleteDisk(diskId(volume));
    await act(cloud, volume, "volume_delete", { kind: "nothing" });
    return c.json({});
  });
  api.post(`${path}/:id{[0-9]+}/clone`, () => {
    throw beyondSandbox("clones of volumes");
  });
}

function create(cloud: Cloud, asked: z.infer<typeof NewVolume>): Volume {
  const { state, clock } = cloud;
  refuseAll(labelFaults(asked.label, LABELS, othersOf(cloud)));
  const instance = asked.linode_id ? findInstance(state, asked.linode_id) : undefined;
  if (asked.linode_id && !instance) throw refused("linode_id is not valid", "linode_id");
  const region = asked.region ?? instance?.region;
  if (!region) throw refused("Must provide a region or a Linode ID");
  if (!findRegion(region)) throw refused("region is not valid", "region");
  if (instance && instance.region !== region) throw refused("Volume and Linode must be in the same region", "region");
  state.counters.volume += 1;
  const volume: Volume = {
    id: state.counters.volume,
    label: asked.label,
    region,
    size: asked.size,
    status: "creating",
    encryption: asked.encryption ?? "disabled",
    created: clock.now(),
    updated: clock.now(),
    tags: asked.tags ?? [],
    linode: instance?.id ?? null,
    target: instance?.id ?? null,
  };
  state.volumes.push(volume);
  return volume;
}

function attachable(cloud: Cloud, volume: Volume, id: number): Instance {
  const instance = findInstance(cloud.state, id);
  if (!instance || instance.deleting) throw refused("linode_id is not valid", "linode_id");
  if (volume.linode !== null && volume.linode !== id) throw refused("Volume is already attached");
  if (volume.region !== instance.region) throw refused("Volume and Linode must be in the same region", "linode_id");
  if (cloud.state.volumes.filter((known) => known.linode === id).length >= MOST_ATTACHED) {
    throw refused(`Linode has ${MOST_ATTACHED} volumes attached, and can have no more`, "linode_id");
  }
  return instance;
}

async function act(cloud: Cloud, volume: Volume, action: string, change: Change): Promise<void> {
  const event = begin(cloud, { action, entity: volumeEntity(volume), holds: null, change });
  await untilShown(cloud, [event]);
}

function eventsOf(cloud: Cloud, volume: Volume) {
  return cloud.state.events.filter(({ change }) => "volume" in change && change.volume === volume.id);
}

function observeVolume(cloud: Cloud, volume: Volume): void {
  observe(cloud, eventsOf(cloud, volume));
}

function othersOf(cloud: Cloud, volume?: Volume): string[] {
  return cloud.state.volumes.filter((known) => known !== volume).map((known) => known.label);
}

function requireVolume(cloud: Cloud, id: string): Volume {
  const volume = cloud.state.volumes.find((known) => String(known.id) === id);
  if (!volume) throw notFound();
  return volume;
}
