import type { Hono } from "hono";
import { z } from "zod";
import { addressNumber, nextFree } from "../../cloud/network";
import { readBody } from "../../http/body";
import type { SandboxEnv } from "../../http/env";
import { applyAddresses } from "../actions/changes";
import type { Action } from "../actions/model";
import { requireAction } from "../actions/routes";
import { begin, observe, untilShown } from "../actions/run";
import { actionLink, actionView } from "../actions/view";
import { findRegion } from "../catalog/regions";
import { regionView } from "../catalog/views";
import type { Cloud } from "../cloud";
import { findDroplet } from "../droplets/model";
import { requireUnlocked } from "../droplets/require";
import { dropletView } from "../droplets/view";
import { origin, page } from "../envelope";
import { notFound, unprocessable } from "../errors";
import { defaultProject } from "../projects/default";
import type { State } from "../state";
import type { ReservedIp } from "./model";

const NewIp = z.object({
  region: z.string().nullish(),
  droplet_id: z.number().int().nullish(),
  project_id: z.string().nullish(),
});
const AskedAction = z.object({ type: z.string(), droplet_id: z.number().int().nullish() });

/** `/v2/reserved_ips`: addresses that move between droplets. */
export function reservedIpRoutes(app: Hono<SandboxEnv>, cloud: Cloud): void {
  const { state } = cloud;
  app.get("/v2/reserved_ips", (c) => page(c, "reserved_ips", state.reservedIps, (ip) => ipView(cloud, ip)));
  app.post("/v2/reserved_ips", async (c) => {
    const asked = await readBody(c, NewIp);
    const droplet = asked.droplet_id ? findDroplet(state, asked.droplet_id) : undefined;
    if (asked.droplet_id && !droplet) throw unprocessable("Droplet does not exist");
    const region = findRegion(droplet?.region ?? asked.region ?? "");
    if (!region) throw unprocessable("You specified an invalid region for reserved IP creation.");
    if (droplet) requireUnlocked(cloud, droplet);
    const ip = reserve(cloud, region.slug, asked.project_id ?? null);
    if (!droplet) return c.json({ reserved_ip: ipView(cloud, ip), links: {} }, 202);
    const action = move(cloud, ip, droplet.id);
    await untilShown(cloud, [action]);
    const droplets = [{ id: droplet.id, rel: "droplet", href: `${origin(c)}/v2/droplets/${droplet.id}` }];
    const links = { droplets, actions: [actionLink(action, origin(c))] };
    return c.json({ reserved_ip: ipView(cloud, ip), links }, 202);
  });
  app.get("/v2/reserved_ips/:ip", (c) => {
    const ip = requireIp(state, c.req.param("ip"));
    observe(cloud, actionsOf(state, ip));
    return c.json({ reserved_ip: ipView(cloud, ip) });
  });
  app.delete("/v2/reserved_ips/:ip", (c) => {
    const ip = requireIp(state, c.req.param("ip"));
    state.reservedIps = state.reservedIps.filter((known) => known !== ip);
    delete state.assignments[`do:reservedip:${ip.ip}`];
    for (const droplet of new Set([ip.droplet, ip.target])) {
      if (droplet === null) continue;
      applyAddresses(cloud, droplet).catch((error: unknown) => {
        cloud.log(`reserved IP ${ip.ip} could not be taken off droplet ${droplet}: ${(error as Error).message}`);
      });
    }
    return c.body(null, 204);
  });
  app.get("/v2/reserved_ips/:ip/actions", (c) => {
    const actions = actionsOf(state, requireIp(state, c.req.param("ip")));
    observe(cloud, actions);
    return page(c, "actions", actions.reverse(), actionView);
  });
  app.post("/v2/reserved_ips/:ip/actions", async (c) => {
    const ip = requireIp(state, c.req.param("ip"));
    const action = act(cloud, ip, await readBody(c, AskedAction));
    await untilShown(cloud, [action]);
    return c.json({ action: { ...actionView(action), project_id: projectOf(cloud, ip) } }, 201);
  });
  app.get("/v2/reserved_ips/:ip/actions/:action", (c) => {
    const ip = requireIp(state, c.req.param("ip"));
    const action = requireAction(actionsOf(state, ip), c.req.param("action"));
    observe(cloud, [action]);
    return c.json({ action: { ...actionView(action), project_id: projectOf(cloud, ip) } });
  });
}

function act(cloud: Cloud, ip: ReservedIp, asked: z.infer<typeof AskedAction>): Action {
  if (actionsOf(cloud.state, ip).some((action) => action.status === "in-progress")) {
    throw unprocessable("The reserved IP already has a pending event.");
  }
  switch (asked.type) {
    case "assign": {
      const droplet = asked.droplet_id ? findDroplet(cloud.state, asked.droplet_id) : undefined;
      if (!droplet || droplet.destroying) throw unprocessable("Droplet does not exist");
      if (droplet.region !== ip.region) throw unprocessable("The Droplet is not in the reserved IP's region.");
      requireUnlocked(cloud, droplet);
      return move(cloud, ip, droplet.id);
    }
    case "unassign":
      if (ip.droplet === null) throw unprocessable("The reserved IP is not assigned to a Droplet.");
      return move(cloud, ip, null);
    default:
      throw unprocessable(`${JSON.stringify(asked.type)} is not a valid action type.`);
  }
}

function reserve(cloud: Cloud, region: string, project: string | null): ReservedIp {
  const { state, network } = cloud;
  const taken = state.reservedIps.map((known) => known.ip);
  const address = nextFree(network.reserved, taken);
  if (address === undefined) {
    throw unprocessable(
      `this will exceed your reserved IP limit: the sandbox's range ${network.reserved.join("-")} is used up`,
    );
  }
  const ip: ReservedIp = { ip: address, region, droplet: null, target: null, project };
  state.reservedIps.push(ip);
  return ip;
}

/** Starts to move an address to a droplet, or off its droplet. */
function move(cloud: Cloud, ip: ReservedIp, to: number | null): Action {
  const from = ip.droplet;
  ip.target = to;
  return begin(cloud, {
    type: to === null ? "unassign_ip" : "assign_ip",
    resourceType: "reserved_ip",
    resourceId: addressNumber(ip.ip),
    region: ip.region,
    locks: [from, to].filter((droplet) => droplet !== null),
    change: { kind: "address", ip: ip.ip, from, to },
  });
}

function actionsOf(state: State, ip: ReservedIp): Action[] {
  return state.actions.filter(({ change }) => change.kind === "address" && change.ip === ip.ip);
}

function requireIp(state: State, address: string): ReservedIp {
  const ip = state.reservedIps.find((known) => known.ip === address);
  if (!ip) throw notFound();
  return ip;
}

function projectOf(cloud: Cloud, ip: ReservedIp): string {
  return cloud.state.assignments[`do:reservedip:${ip.ip}`] ?? ip.project ?? defaultProject(cloud).id;
}

function ipView(cloud: Cloud, ip: ReservedIp) {
  const droplet = ip.droplet === null ? undefined : findDroplet(cloud.state, ip.droplet);
  const region = findRegion(ip.region);
  return {
    ip: ip.ip,
    droplet: droplet ? dropletView(cloud, droplet) : null,
    region: region ? regionView(region) : null,
    locked: actionsOf(cloud.state, ip).some((action) => action.status === "in-progress"),
    project_id: projectOf(cloud, ip),
  };
}
