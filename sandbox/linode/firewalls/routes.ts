import type { Hono } from "hono";
import { z } from "zod";
import type { SandboxEnv } from "../../http/env";
import { readAsked } from "../body";
import type { Cloud } from "../cloud";
import { page } from "../envelope";
import { beyondSandbox, notFound, refuseAll } from "../errors";
import { notify } from "../events/run";
import { entityOf, findInstance } from "../instances/model";
import { labelFaults } from "../label";
import { AskedFirewall, AskedRules } from "./asked";
import { attach, requireFree, requireLinode } from "./devices";
import { reapply } from "./filters";
import { type FirewallRecord, LABELS } from "./model";
import { deviceView, firewallEntity, firewallView, rulesView } from "./view";

const FILTERS = ["id", "label", "tags", "created", "updated"];
const ChangedFirewall = z.object({
  label: z.string().optional(),
  status: z.enum(["enabled", "disabled"], { error: "Must be one of enabled, disabled" }).optional(),
  tags: z.array(z.string()).nullish(),
});
const NewDevice = z.object({ id: z.number().int(), type: z.string() });
const path = "/networking/firewalls";
/** Milliseconds an answer waits for a machine. A firewall has no status that would tell clients when its rules are in force. */
const PATIENCE = 2000;

/** `/networking/firewalls`: cloud firewalls, their rules and what they stand before. */
export function firewallRoutes(api: Hono<SandboxEnv>, cloud: Cloud): void {
  const { state } = cloud;
  const show = (firewall: FirewallRecord) => firewallView(state, firewall);
  api.get(path, (c) => page(c, state.firewalls.map(show), FILTERS));
  api.post(path, async (c) => {
    const firewall = create(cloud, await readAsked(c, AskedFirewall));
    await changed(cloud);
    return c.json(show(firewall));
  });
  api.get(`${path}/settings`, (c) => {
    const none = { linode: null, nodebalancer: null, public_interface: null, vpc_interface: null };
    return c.json({ default_firewall_ids: none });
  });
  api.get(`${path}/:id{[0-9]+}`, (c) => c.json(show(requireFirewall(cloud, c.req.param("id")))));
  api.put(`${path}/:id{[0-9]+}`, async (c) => {
    const firewall = requireFirewall(cloud, c.req.param("id"));
    change(cloud, firewall, await readAsked(c, ChangedFirewall));
    await changed(cloud);
    return c.json(show(firewall));
  });
  api.delete(`${path}/:id{[0-9]+}`, async (c) => {
    const firewall = requireFirewall(cloud, c.req.param("id"));
    state.firewalls = state.firewalls.filter((known) => known !== firewall);
    notify(cloud, "firewall_delete", firewallEntity(firewall));
    await changed(cloud);
    return c.json({});
  });
  api.get(`${path}/:id{[0-9]+}/rules`, (c) => c.json(rulesView(requireFirewall(cloud, c.req.param("id")))));
  api.put(`${path}/:id{[0-9]+}/rules`, async (c) => {
    const firewall = requireFirewall(cloud, c.req.param("id"));
    firewall.rules = await readAsked(c, AskedRules);
    firewall.version += 1;
    firewall.updated = cloud.clock.now();
    notify(cloud, "firewall_rules_update", firewallEntity(firewall));
    await changed(cloud);
    return c.json(rulesView(firewall));
  });
  deviceRoutes(api, cloud);
}

function deviceRoutes(api: Hono<SandboxEnv>, cloud: Cloud): void {
  const { state } = cloud;
  const devices = `${path}/:id{[0-9]+}/devices`;
  const requireDevice = (firewall: FirewallRecord, id: string) => {
    const device = firewall.devices.find((known) => String(known.id) === id);
    if (!device) throw notFound();
    return device;
  };
  api.get(devices, (c) => {
    const firewall = requireFirewall(cloud, c.req.param("id"));
    return page(
      c,
      firewall.devices.map((device) => deviceView(state, device)),
      ["id", "created", "updated"],
    );
  });
  api.post(devices, async (c) => {
    const firewall = requireFirewall(cloud, c.req.param("id"));
    const asked = await readAsked(c, NewDevice);
    if (asked.type !== "linode") throw beyondSandbox(`a firewall before a ${asked.type}; it stands before Linodes`);
    const device = attach(cloud, firewall.id, requireLinode(cloud, asked.id, "id"));
    await changed(cloud);
    return c.json(deviceView(state, device));
  });
  api.get(`${devices}/:device{[0-9]+}`, (c) => {
    const firewall = requireFirewall(cloud, c.req.param("id"));
    return c.json(deviceView(state, requireDevice(firewall, c.req.param("device"))));
  });
  api.delete(`${devices}/:device{[0-9]+}`, async (c) => {
    const firewall = requireFirewall(cloud, c.req.param("id"));
    const gone = requireDevice(firewall, c.req.param("device"));
    firewall.devices = firewall.devices.filter((device) => device !== gone);
    const instance = findInstance(state, gone.linode);
    if (instance) notify(cloud, "firewall_device_remove", firewallEntity(firewall), entityOf(instance));
    await changed(cloud);
    return c.json({});
  });
}

function create(cloud: Cloud, asked: z.infer<typeof AskedFirewall>): FirewallRecord {
  const { state, clock } = cloud;
  const others = state.firewalls.map((known) => known.label);
  refuseAll(labelFaults(asked.label, LABELS, others));
  const { linodes, nodebalancers, interfaces, linode_interfaces } = asked.devices ?? {};
  if (nodebalancers?.length) throw beyondSandbox("a firewall before NodeBalancers, for it has none");
  if (interfaces?.length || linode_interfaces?.length)
    throw beyondSandbox("a firewall before interfaces; name the Linode");
  const instances = (linodes ?? []).map((id) => requireLinode(cloud, id, "devices.linodes"));
  for (const instance of instances) requireFree(cloud, instance.id);
  state.counters.firewall += 1;
  const firewall: FirewallRecord = {
    id: state.counters.firewall,
    label: asked.label,
    status: "enabled",
    created: clock.now(),
    updated: clock.now(),
    tags: asked.tags ?? [],
    rules: asked.rules,
    version: 1,
    devices: [],
  };
  state.firewalls.push(firewall);
  notify(cloud, "firewall_create", firewallEntity(firewall));
  for (const instance of instances) attach(cloud, firewall.id, instance);
  return firewall;
}

function change(cloud: Cloud, firewall: FirewallRecord, asked: z.infer<typeof ChangedFirewall>): void {
  const others = cloud.state.firewalls.filter((known) => known !== firewall).map((known) => known.label);
  if (asked.label !== undefined) refuseAll(labelFaults(asked.label, LABELS, others));
  if (asked.status === "enabled" && firewall.status === "disabled") {
    for (const device of firewall.devices) requireFree(cloud, device.linode);
  }
  firewall.label = asked.label ?? firewall.label;
  firewall.tags = asked.tags ?? firewall.tags;
  firewall.updated = cloud.clock.now();
  const before = firewall.status;
  firewall.status = asked.status ?? before;
  const action = before === firewall.status ? "update" : firewall.status === "enabled" ? "enable" : "disable";
  notify(cloud, `firewall_${action}`, firewallEntity(firewall));
}

/** The rules are at their machines when the answer goes out, if that takes no longer than patience does. */
async function changed(cloud: Cloud): Promise<void> {
  await cloud.work.idleWithin(PATIENCE, reapply(cloud));
}

function requireFirewall(cloud: Cloud, id: string): FirewallRecord {
  const firewall = cloud.state.firewalls.find((known) => String(known.id) === id);
  if (!firewall) throw notFound();
  return firewall;
}
