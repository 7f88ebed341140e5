import type { Hono } from "hono";
import { z } from "zod";
import type { SandboxEnv } from "../../http/env";
import { readAsked } from "../body";
import { typeOf } from "../catalog/types";
import type { Cloud } from "../cloud";
import { page } from "../envelope";
import { refuseAll, refused } from "../errors";
import type { Change } from "../events/model";
import { begin, notify, observeLinode, untilShown } from "../events/run";
import { AskedAccess, accessFaults, accessFrom } from "./access";
import { deployable } from "./create";
import { newDisk } from "./disks";
import { type Disk, entityOf, type Instance } from "./model";
import { requireDisk, requireIdle, requireInstance } from "./require";
import { diskUse } from "./sizes";
import { diskView } from "./view";

const NewDisk = AskedAccess.extend({
  label: z.string().nullish(),
  size: z.number().int().min(1, "Must be 1 or greater"),
  filesystem: z.enum(["raw", "swap", "ext3", "ext4", "initrd"], { error: "filesystem is not valid" }).nullish(),
  image: z.string().nullish(),
});
const path = "/linode/instances/:id{[0-9]+}/disks";

/** `/linode/instances/ID/disks`: disks, as records but for the image that one of them is made from. */
export function diskRoutes(api: Hono<SandboxEnv>, cloud: Cloud): void {
  api.get(path, (c) => {
    observeLinode(cloud, Number(c.req.param("id")));
    const instance = requireInstance(cloud, c.req.param("id"));
    return page(
      c,
      instance.disks.map((disk) => diskView(instance, disk)),
      ["label", "size"],
    );
  });
  api.post(path, async (c) => {
    const asked = await readAsked(c, NewDisk);
    const access = await accessFrom(cloud, asked);
    const instance = requireIdle(cloud, c.req.param("id"));
    refuseAll(accessFaults(asked, Boolean(asked.image)));
    const image = asked.image ? deployable(asked.image) : undefined;
    if (image && instance.image !== null) throw refused("Linode has a disk with a system already; rebuild it", "image");
    requireRoom(instance, asked.size);
    const label = asked.label || (image ? `${image.label} Disk` : "Disk");
    const disk = newDisk(cloud, {
      label,
      filesystem: asked.filesystem ?? (image ? "ext4" : "raw"),
      size: asked.size,
      image: image?.id ?? null,
    });
    instance.disks.push(disk);
    if (image) Object.assign(instance, { image: image.id, access });
    await act(cloud, instance, disk, "disk_create", { kind: "disk", linode: instance.id, disk: disk.id });
    return c.json(diskView(instance, disk));
  });
  api.get(`${path}/:disk{[0-9]+}`, (c) => {
    const instance = requireInstance(cloud, c.req.param("id"));
    return c.json(diskView(instance, requireDisk(instance, c.req.param("disk"))));
  });
  api.put(`${path}/:disk{[0-9]+}`, async (c) => {
    const instance = requireInstance(cloud, c.req.param("id"));
    const disk = requireDisk(instance, c.req.param("disk"));
    disk.label = (await readAsked(c, z.object({ label: z.string() }))).label;
    notify(cloud, "disk_update", entityOf(instance), diskEntity(instance, disk));
    return c.json(diskView(instance, disk));
  });
  api.post(`${path}/:disk{[0-9]+}/resize`, async (c) => {
    const instance = requireIdle(cloud, c.req.param("id"));
    const disk = requireDisk(instance, c.req.param("disk"));
    const { size } = await readAsked(c, z.object({ size: z.number().int().min(1, "Must be 1 or greater") }));
    requireOff(instance);
    requireRoom(instance, size - disk.size);
    disk.status = "not ready";
    await act(cloud, instance, disk, "disk_resize", { kind: "disk", linode: instance.id, disk: disk.id, size });
    return c.json({});
  });
  api.delete(`${path}/:disk{[0-9]+}`, async (c) => {
    const instance = requireIdle(cloud, c.req.param("id"));
    const disk = requireDisk(instance, c.req.param("disk"));
    requireOff(instance);
    disk.status = "deleting";
    if (disk.image !== null) instance.image = null;
    await act(cloud, instance, disk, "disk_delete", { kind: "disk_delete", linode: instance.id, disk: disk.id });
    return c.json({});
  });
}

async function act(cloud: Cloud, instance: Instance, disk: Disk, action: string, change: Change): Promise<void> {
  const event = begin(cloud, {
    action,
    entity: entityOf(instance),
    secondary: diskEntity(instance, disk),
    holds: instance.id,
    change,
  });
  await untilShown(cloud, [event]);
}

function diskEntity(instance: Instance, { id, label }: Disk) {
  return { type: "disk", id, label, url: `/v4/linode/instances/${instance.id}/disks/${id}` } as const;
}

function requireOff(instance: Instance): void {
  if (instance.status !== "offline") throw refused("Linode must be powered off to change its disks.");
}

function requireRoom(instance: Instance, more: number): void {
  if (diskUse(instance) + more <= typeOf(instance.type).disk) return;
  throw refused("Insufficient space for this disk", "size");
}
