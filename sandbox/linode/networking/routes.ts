import type { Hono } from "hono";
import { z } from "zod";
import type { SandboxEnv } from "../../http/env";
import { readAsked } from "../body";
import type { Cloud } from "../cloud";
import { page } from "../envelope";
import { notFound, refused } from "../errors";
import { notify } from "../events/run";
import { entityOf, findInstance, type Instance } from "../instances/model";
import { nextPrivate } from "../instances/privateAddress";
import { requireInstance } from "../instances/require";
import { addressesView, privateView, publicView } from "./view";

const NewAddress = z.object({ type: z.string(), public: z.boolean() });
const NewAddressOf = NewAddress.extend({ linode_id: z.number().int().nullish() });
const ChangedAddress = z.object({ rdns: z.string().nullable() });

/** `/networking/ips` and `/linode/instances/ID/ips`: addresses. A Linode has its one public address; a private one is a record. */
export function networkingRoutes(api: Hono<SandboxEnv>, cloud: Cloud): void {
  const { state } = cloud;
  const ofLinode = "/linode/instances/:id{[0-9]+}/ips";
  const everyAddress = () => {
    return state.instances.flatMap((instance) => {
      const own = instance.privateAddress;
      return [publicView(cloud, instance), ...(own === null ? [] : [privateView(cloud, instance, own)])];
    });
  };
  const requireAddress = (address: string, instance?: Instance) => {
    const found = everyAddress().find((known) => known.address === address);
    if (!found || (instance && found.linode_id !== instance.id)) throw notFound();
    return found;
  };
  const rename = (address: string, rdns: string | null) => {
    const { linode_id: id, public: open } = requireAddress(address);
    const instance = findInstance(state, id);
    if (!open || !instance) throw refused("Only public addresses have a reverse name", "rdns");
    if (rdns !== null && !/^([a-zA-Z0-9_-]+\.)+[a-zA-Z0-9-]+\.?$/.test(rdns))
      throw refused("Domain is not valid.", "rdns");
    instance.rdns = rdns;
    notify(cloud, "ipaddress_update", entityOf(instance));
    return requireAddress(address);
  };

  api.get(ofLinode, (c) => c.json(addressesView(cloud, requireInstance(cloud, c.req.param("id")))));
  api.post(ofLinode, async (c) => {
    const asked = await readAsked(c, NewAddress);
    return c.json(allocate(cloud, requireInstance(cloud, c.req.param("id")), asked));
  });
  api.get(`${ofLinode}/:address`, (c) => {
    return c.json(requireAddress(c.req.param("address"), requireInstance(cloud, c.req.param("id"))));
  });
  api.put(`${ofLinode}/:address`, async (c) => {
    requireAddress(c.req.param("address"), requireInstance(cloud, c.req.param("id")));
    return c.json(rename(c.req.param("address"), (await readAsked(c, ChangedAddress)).rdns));
  });
  api.delete(`${ofLinode}/:address`, (c) => {
    const instance = requireInstance(cloud, c.req.param("id"));
    const { public: open } = requireAddress(c.req.param("address"), instance);
    if (open) throw refused("Linodes must have at least one public IP");
    instance.privateAddress = null;
    return c.json({});
  });
  api.get("/networking/ips", (c) => {
    return page(c, everyAddress(), ["address", "linode_id", "public", "region", "type", "rdns", "prefix", "gateway"]);
  });
  api.post("/networking/ips", async (c) => {
    const asked = await readAsked(c, NewAddressOf);
    if (!asked.linode_id) {
      throw refused("Linode is a required argument when not reserving an IP address.", "linode_id");
    }
    const instance = findInstance(state, asked.linode_id);
    if (!instance) throw refused("Linode is not active", "linode_id");
    return c.json(allocate(cloud, instance, asked));
  });
  api.get("/networking/ips/:address", (c) => c.json(requireAddress(c.req.param("address"))));
  api.put("/networking/ips/:address", async (c) => {
    return c.json(rename(c.req.param("address"), (await readAsked(c, ChangedAddress)).rdns));
  });
}

/** The API gives further public addresses only to who has told its makers why; so does the sandbox. */
function allocate(cloud: Cloud, instance: Instance, asked: z.infer<typeof NewAddress>) {
  if (asked.type !== "ipv4") throw refused("Only addresses of type ipv4 are currently supported.");
  if (asked.public) {
    throw refused("Additional IPv4 addresses require technical justification. Please contact support.");
  }
  if (instance.privateAddress !== null) throw refused("Linode already has a private address.");
  instance.privateAddress = nextPrivate(cloud.state);
  notify(cloud, "linode_addip", entityOf(instance));
  return privateView(cloud, instance, instance.privateAddress);
}
