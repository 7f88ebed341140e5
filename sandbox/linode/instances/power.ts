import type { Context, Hono } from "hono";
import { z } from "zod";
import type { SandboxEnv } from "../../http/env";
import { readAsked } from "../body";
import { findType } from "../catalog/types";
import type { Cloud } from "../cloud";
import { beyondSandbox, refuseAll, refused } from "../errors";
import type { Change } from "../events/model";
import { begin, notify, untilShown } from "../events/run";
import { reapply } from "../firewalls/filters";
import { AskedAccess, accessFaults, accessFrom } from "./access";
import { AskedDeploy, bringUp, deployable } from "./create";
import { deploy, SWAP } from "./disks";
import { canBoot, entityOf, type Instance, type Status } from "./model";
import { requireIdle } from "./require";
import { diskUse, resizeDisks } from "./sizes";
import { decodeUserData, userDataFaults } from "./userData";
import { instanceView } from "./view";

const AskedBoot = z.object({ config_id: z.number().int().nullish() });
const AskedResize = z.object({
  type: z.string(),
  allow_auto_disk_resize: z.boolean().nullish(),
  migration_type: z.string().nullish(),
});

/** `/linode/instances/ID/boot` and its like: what can be done to a Linode. */
export function powerRoutes(api: Hono<SandboxEnv>, cloud: Cloud): void {
  const path = "/linode/instances/:id{[0-9]+}";
  api.post(`${path}/boot`, async (c) => {
    const instance = requireIdle(cloud, c.req.param("id"));
    const asked = await readAsked(c, AskedBoot);
    if (instance.status === "running") throw refused("Linode already booted.");
    requireBootable(instance, asked.config_id);
    return start(c, cloud, instance, "booting", "linode_boot", { kind: "boot", linode: instance.id });
  });
  api.post(`${path}/reboot`, async (c) => {
    const instance = requireIdle(cloud, c.req.param("id"));
    const asked = await readAsked(c, AskedBoot);
    requireBootable(instance, asked.config_id);
    return start(c, cloud, instance, "rebooting", "linode_reboot", { kind: "reboot", linode: instance.id });
  });
  api.post(`${path}/shutdown`, (c) => {
    const instance = requireIdle(cloud, c.req.param("id"));
    if (instance.status === "offline") throw refused("Linode is already powered off.");
    return start(c, cloud, instance, "shutting_down", "linode_shutdown", { kind: "shutdown", linode: instance.id });
  });
  api.post(`${path}/resize`, async (c) => {
    const instance = requireIdle(cloud, c.req.param("id"));
    const change = resize(instance, await readAsked(c, AskedResize));
    return start(c, cloud, instance, "resizing", "linode_resize", change);
  });
  api.post(`${path}/rebuild`, async (c) => {
    const asked = await readAsked(c, AskedDeploy.extend({ image: z.string() }));
    const access = await accessFrom(cloud, asked);
    const instance = requireIdle(cloud, c.req.param("id"));
    refuseAll([
      ...accessFaults(asked, true),
      ...(asked.metadata?.user_data ? userDataFaults(asked.metadata.user_data) : []),
    ]);
    if (asked.stackscript_id) throw beyondSandbox("stackscript_id: give metadata.user_data");
    const image = deployable(asked.image);
    deploy(cloud, instance, image, findType(instance.type)?.disk ?? 0, asked.swap_size ?? SWAP);
    Object.assign(instance, { access, status: "rebuilding", updated: cloud.clock.now() });
    if (asked.metadata !== undefined) instance.userData = decodeUserData(asked.metadata?.user_data);
    const events = bringUp(cloud, instance, "linode_rebuild", image, asked.booted ?? true);
    reapply(cloud);
    await untilShown(cloud, events);
    return c.json(instanceView(instance));
  });
  api.post(`${path}/password`, async (c) => {
    const asked = await readAsked(c, AskedAccess.extend({ root_pass: z.string() }));
    const instance = requireIdle(cloud, c.req.param("id"));
    refuseAll(accessFaults(asked, false));
    if (instance.status !== "offline") throw refused("Linode must be powered off to reset its password.");
    if (!instance.absent) throw beyondSandbox("a new password for a disk that has booted; rebuild it");
    const { passwordHash } = await accessFrom(cloud, asked);
    instance.access = { ...instance.access, passwordHash };
    notify(cloud, "password_reset", entityOf(instance));
    return c.json({});
  });
  for (const verb of ["clone", "migrate", "mutate", "rescue", "upgrade-interfaces"]) {
    api.post(`${path}/${verb}`, () => {
      throw beyondSandbox(`${verb} of a Linode; add it in sandbox/linode/instances/power.ts`);
    });
  }
}

async function start(
  c: Context,
  cloud: Cloud,
  instance: Instance,
  status: Status,
  action: string,
  change: Change,
): Promise<Response> {
  instance.status = status;
  instance.updated = cloud.clock.now();
  const event = begin(cloud, { action, entity: entityOf(instance), holds: instance.id, change });
  await untilShown(cloud, [event]);
  return c.json({});
}

function requireBootable(instance: Instance, config: number | null | undefined): void {
  if (config && !instance.configs.some((known) => known.id === config)) {
    throw refused("config_id is not valid", "config_id");
  }
  if (!canBoot(instance)) throw refused("You must create a configuration profile and a disk with a system to boot.");
}

function resize(instance: Instance, asked: z.infer<typeof AskedResize>): Change {
  const type = findType(asked.type);
  if (!type) throw refused("A valid plan type by that ID was not found", "type");
  if (type.id === instance.type) throw refused("Linode is already running this service plan.", "type");
  const disks = asked.allow_auto_disk_resize ?? true;
  const copy = structuredClone(instance);
  if (disks && type.disk > diskUse(instance)) resizeDisks(copy, type.disk);
  if (diskUse(copy) > type.disk) {
    throw refused(
      "The current disk size of your Linode is too large for the new service plan. Please resize your disk to accommodate the new plan.",
    );
  }
  const on = instance.status === "running";
  return { kind: "resize", linode: instance.id, type: type.id, disks: disks && type.disk > diskUse(instance), on };
}
