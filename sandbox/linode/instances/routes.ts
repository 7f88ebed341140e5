import type { Hono } from "hono";
import { z } from "zod";
import type { SandboxEnv } from "../../http/env";
import { readAsked } from "../body";
import { findType } from "../catalog/types";
import type { Cloud } from "../cloud";
import { page } from "../envelope";
import { beyondSandbox, refuseAll } from "../errors";
import { begin, notify, observe, observeLinode, untilShown } from "../events/run";
import { reapply } from "../firewalls/filters";
import { firewallView } from "../firewalls/view";
import { labelFaults } from "../label";
import { AskedTags } from "../tags";
import { volumeView } from "../volumes/view";
import { AskedInstance, createInstance } from "./create";
import { entityOf, type Instance, LABELS } from "./model";
import { requireInstance } from "./require";
import { instanceView } from "./view";

const FILTERS = ["group", "id", "image", "interface_generation", "ipv4", "label", "region", "tags", "type"];
const ChangedInstance = z.object({
  label: z.string().optional(),
  group: z.string().optional(),
  tags: AskedTags,
  watchdog_enabled: z.boolean().optional(),
  alerts: z.looseObject({}).optional(),
  backups: z
    .object({ schedule: z.object({ day: z.string().nullish(), window: z.string().nullish() }).nullish() })
    .optional(),
  maintenance_policy: z.string().optional(),
});

/** `/linode/instances`: Linodes, what is done to them aside. */
export function instanceRoutes(api: Hono<SandboxEnv>, cloud: Cloud): void {
  const { state } = cloud;
  const path = "/linode/instances";
  api.get(path, (c) => {
    observe(
      cloud,
      state.events.filter((event) => event.holds !== null),
    );
    return page(c, state.instances.map(instanceView), FILTERS);
  });
  api.post(path, async (c) => {
    const { instance, events } = await createInstance(cloud, await readAsked(c, AskedInstance));
    reapply(cloud);
    await untilShown(cloud, events);
    return c.json(instanceView(instance));
  });
  api.get(`${path}/:id{[0-9]+}`, (c) => {
    observeLinode(cloud, Number(c.req.param("id")));
    return c.json(instanceView(requireInstance(cloud, c.req.param("id"))));
  });
  api.put(`${path}/:id{[0-9]+}`, async (c) => {
    const instance = requireInstance(cloud, c.req.param("id"));
    change(cloud, instance, await readAsked(c, ChangedInstance));
    return c.json(instanceView(instance));
  });
  api.delete(`${path}/:id{[0-9]+}`, async (c) => {
    const instance = requireInstance(cloud, c.req.param("id"));
    if (!instance.deleting) await remove(cloud, instance);
    return c.json({});
  });
  api.get(`${path}/:id{[0-9]+}/firewalls`, (c) => {
    const { id } = requireInstance(cloud, c.req.param("id"));
    const before = state.firewalls.filter((firewall) => firewall.devices.some((device) => device.linode === id));
    return page(
      c,
      before.map((firewall) => firewallView(state, firewall)),
      ["created", "id", "label", "tags", "updated"],
    );
  });
  api.get(`${path}/:id{[0-9]+}/volumes`, (c) => {
    const { id } = requireInstance(cloud, c.req.param("id"));
    const attached = state.volumes.filter((volume) => volume.linode === id);
    return page(
      c,
      attached.map((volume) => volumeView(state, volume)),
      ["label", "tags"],
    );
  });
  api.get(`${path}/:id{[0-9]+}/nodebalancers`, (c) => {
    requireInstance(cloud, c.req.param("id"));
    return page(c, []);
  });
  api.get(`${path}/:id{[0-9]+}/transfer`, (c) => {
    const { type } = requireInstance(cloud, c.req.param("id"));
    return c.json({ used: 0, quota: findType(type)?.transfer ?? 0, billable: 0 });
  });
  api.all(`${path}/:id{[0-9]+}/stats/*`, () => {
    throw beyondSandbox("statistics of a Linode: nothing is measured");
  });
  api.get(`${path}/:id{[0-9]+}/stats`, () => {
    throw beyondSandbox("statistics of a Linode: nothing is measured");
  });
  api.get(`${path}/:id{[0-9]+}/interfaces`, (c) =>
    c.json({ interfaces: interfacesOf(requireInstance(cloud, c.req.param("id"))) }),
  );
  backupRoutes(api, cloud);
}

/** Backups. They are a record: the sandbox makes none. */
function backupRoutes(api: Hono<SandboxEnv>, cloud: Cloud): void {
  const path = "/linode/instances/:id{[0-9]+}/backups";
  api.get(path, (c) => {
    requireInstance(cloud, c.req.param("id"));
    return c.json({ automatic: [], snapshot: { current: null, in_progress: null } });
  });
  api.post(`${path}/enable`, (c) => {
    const instance = requireInstance(cloud, c.req.param("id"));
    instance.backups = true;
    notify(cloud, "backups_enable", entityOf(instance));
    return c.json({});
  });
  api.post(`${path}/cancel`, (c) => {
    const instance = requireInstance(cloud, c.req.param("id"));
    instance.backups = false;
    notify(cloud, "backups_cancel", entityOf(instance));
    return c.json({});
  });
}

function change(cloud: Cloud, instance: Instance, asked: z.infer<typeof ChangedInstance>): void {
  const others = cloud.state.instances.filter((known) => known !== instance).map((known) => known.label);
  if (asked.label !== undefined) refuseAll(labelFaults(asked.label, LABELS, others));
  instance.label = asked.label ?? instance.label;
  instance.group = asked.group ?? instance.group;
  instance.tags = asked.tags ?? instance.tags;
  instance.watchdog = asked.watchdog_enabled ?? instance.watchdog;
  instance.maintenancePolicy = asked.maintenance_policy ?? instance.maintenancePolicy;
  for (const [name, value] of Object.entries(asked.alerts ?? {})) {
    if (typeof value === "number" && name in instance.alerts) instance.alerts[name] = value;
  }
  const schedule = asked.backups?.schedule;
  if (schedule) instance.backupSchedule = { day: schedule.day ?? null, window: schedule.window ?? null };
  instance.updated = cloud.clock.now();
  notify(cloud, "linode_update", entityOf(instance));
}

/** Its label stays taken until its machine is gone. */
async function remove(cloud: Cloud, instance: Instance): Promise<void> {
  instance.deleting = true;
  const event = begin(cloud, {
    action: "linode_delete",
    entity: entityOf(instance),
    holds: instance.id,
    change: { kind: "delete", linode: instance.id },
  });
  reapply(cloud);
  await untilShown(cloud, [event]);
}

/** The one interface of a Linode of the generation `linode`. */
function interfacesOf(instance: Instance) {
  if (instance.interfaceGeneration !== "linode") return [];
  return [
    {
      id: instance.id,
      mac_address: "22:00:00:00:00:01",
      version: 1,
      created: new Date(instance.created).toISOString().slice(0, 19),
      updated: new Date(instance.created).toISOString().slice(0, 19),
      default_route: { ipv4: true, ipv6: true },
      public: { ipv4: { addresses: [{ address: instance.address, primary: true }], shared: [] }, ipv6: null },
      vlan: null,
      vpc: null,
    },
  ];
}
