import { isDeepStrictEqual } from "node:util";
import type { Context, Hono } from "hono";
import { z } from "zod";
import { readBody } from "../../http/body";
import type { SandboxEnv } from "../../http/env";
import type { Cloud } from "../cloud";
import { machineId } from "../droplets/model";
import { page } from "../envelope";
import { conflict, notFound, unprocessable } from "../errors";
import { uuid } from "../ids";
import type { State } from "../state";
import { addTag, removeTag } from "../tags/model";
import { AskedFirewall, AskedRules, knownDroplets, knownTags, rulesFrom } from "./asked";
import { pendingChanges, reapply } from "./filters";
import type { FirewallRecord, Rule } from "./model";
import { firewallView } from "./view";

const Droplets = z.object({ droplet_ids: z.array(z.number().int()) });
const Tags = z.object({ tags: z.array(z.string()) });
/**
 * How long a read of one firewall waits for rules that are on their way to a machine, in milliseconds. Clients read once
 * after a change and keep what they saw: without the wait a later refresh would differ by a status that was to come.
 */
const PATIENCE = 2000;

/** `/v2/firewalls`: cloud firewalls. */
export function firewallRoutes(app: Hono<SandboxEnv>, cloud: Cloud): void {
  const { state } = cloud;
  app.get("/v2/firewalls", (c) => page(c, "firewalls", state.firewalls, (firewall) => firewallView(cloud, firewall)));
  app.post("/v2/firewalls", async (c) => {
    const content = contentFrom(state, await readBody(c, AskedFirewall));
    state.counters.firewall += 1;
    const id = uuid("firewall", state.counters.firewall);
    const firewall: FirewallRecord = { id, created: cloud.clock.now(), ...content };
    state.firewalls.push(firewall);
    await changed(cloud);
    return c.json({ firewall: firewallView(cloud, firewall) }, 202);
  });
  app.get("/v2/firewalls/:id", async (c) => {
    const firewall = requireFirewall(state, c.req.param("id"));
    if (cloud.settings().transitions.mode === "machine") await settled(cloud, firewall);
    return c.json({ firewall: firewallView(cloud, firewall) });
  });
  app.put("/v2/firewalls/:id", async (c) => {
    const firewall = requireFirewall(state, c.req.param("id"));
    Object.assign(firewall, contentFrom(state, await readBody(c, AskedFirewall), firewall));
    await changed(cloud);
    return c.json({ firewall: firewallView(cloud, firewall) });
  });
  app.delete("/v2/firewalls/:id", async (c) => {
    const firewall = requireFirewall(state, c.req.param("id"));
    state.firewalls = state.firewalls.filter((known) => known !== firewall);
    await changed(cloud);
    return c.body(null, 204);
  });
  app.post("/v2/firewalls/:id/droplets", (c) =>
    edit(c, cloud, Droplets, (firewall, { droplet_ids }) => {
      firewall.dropletIds = [...new Set([...firewall.dropletIds, ...knownDroplets(state, droplet_ids)])];
    }),
  );
  app.delete("/v2/firewalls/:id/droplets", (c) =>
    edit(c, cloud, Droplets, (firewall, { droplet_ids }) => {
      firewall.dropletIds = firewall.dropletIds.filter((id) => !droplet_ids.includes(id));
    }),
  );
  app.post("/v2/firewalls/:id/tags", (c) =>
    edit(c, cloud, Tags, (firewall, { tags }) => {
      for (const tag of knownTags(state, tags)) addTag(firewall, tag);
    }),
  );
  app.delete("/v2/firewalls/:id/tags", (c) =>
    edit(c, cloud, Tags, (firewall, { tags }) => {
      for (const tag of tags) removeTag(firewall, tag);
    }),
  );
  app.post("/v2/firewalls/:id/rules", (c) =>
    edit(c, cloud, AskedRules, (firewall, asked) => {
      const rules = rulesFrom(state, asked);
      firewall.inbound = [...firewall.inbound, ...rules.inbound];
      firewall.outbound = [...firewall.outbound, ...rules.outbound];
    }),
  );
  app.delete("/v2/firewalls/:id/rules", (c) =>
    edit(c, cloud, AskedRules, (firewall, asked) => {
      const rules = rulesFrom(state, asked);
      firewall.inbound = without(firewall.inbound, rules.inbound);
      firewall.outbound = without(firewall.outbound, rules.outbound);
    }),
  );
}

async function edit<S extends z.ZodType>(
  c: Context,
  cloud: Cloud,
  schema: S,
  change: (firewall: FirewallRecord, asked: z.output<S>) => void,
): Promise<Response> {
  const firewall = requireFirewall(cloud.state, c.req.param("id") ?? "");
  change(firewall, await readBody(c, schema));
  await changed(cloud);
  return c.body(null, 204);
}

async function changed(cloud: Cloud): Promise<void> {
  reapply(cloud);
  if (cloud.settings().transitions.mode === "immediate") await cloud.work.idle();
}

/** Resolves when no change of the firewall is on its way, or when patience ends. */
async function settled(cloud: Cloud, firewall: FirewallRecord): Promise<void> {
  const machines = pendingChanges(cloud, firewall).map((change) => machineId(change.droplet_id));
  await cloud.work.idleWithin(PATIENCE, machines);
}

function contentFrom(state: State, asked: z.infer<typeof AskedFirewall>, itself?: FirewallRecord) {
  const taken = state.firewalls.some((known) => known !== itself && known.name === asked.name);
  if (taken) throw conflict("duplicate name");
  const rules = rulesFrom(state, asked);
  if (rules.inbound.length + rules.outbound.length === 0) throw unprocessable("at least one rule is required");
  return {
    name: asked.name,
    ...rules,
    dropletIds: knownDroplets(state, asked.droplet_ids ?? []),
    tags: knownTags(state, asked.tags ?? []),
  };
}

function without(rules: readonly Rule[], gone: readonly Rule[]): Rule[] {
  return rules.filter((rule) => !gone.some((other) => isDeepStrictEqual(rule, other)));
}

function requireFirewall(state: State, id: string): FirewallRecord {
  const firewall = state.firewalls.find((known) => known.id === id);
  if (!firewall) throw notFound();
  return firewall;
}
