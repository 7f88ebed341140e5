import type { Context, Hono } from "hono";
import { readBody } from "../../http/body";
import type { SandboxEnv } from "../../http/env";
import { begin, observe, untilShown } from "../actions/run";
import { actionLink } from "../actions/view";
import type { Cloud } from "../cloud";
import { origin, page } from "../envelope";
import { beyondSandbox, unprocessable } from "../errors";
import { reapply } from "../firewalls/filters";
import { covers } from "../firewalls/model";
import { firewallView } from "../firewalls/view";
import { findTag, taggedWith } from "../tags/model";
import { AskedDroplets, createDroplets } from "./create";
import { type Droplet, detachDroplet } from "./model";
import { requireDroplet, requireUnlocked } from "./require";
import { dropletView } from "./view";

/** `/v2/droplets`: droplets, their actions aside. */
export function dropletRoutes(app: Hono<SandboxEnv>, cloud: Cloud): void {
  const { state } = cloud;
  const list = (c: Context, key: string, droplets: Droplet[]) => {
    for (const droplet of droplets) observeDroplet(cloud, droplet.id);
    return page(
      c,
      key,
      droplets.filter((droplet) => state.droplets.includes(droplet)),
      (droplet) => {
        return dropletView(cloud, droplet);
      },
    );
  };
  app.get("/v2/droplets", (c) => {
    const { tag_name: tag, name, type } = c.req.query();
    const tagged = tag === undefined ? state.droplets : taggedWith(state, tag).droplets;
    const named = tagged.filter((droplet) => name === undefined || droplet.name.toLowerCase() === name.toLowerCase());
    return list(c, "droplets", type === "gpus" ? [] : named);
  });
  app.post("/v2/droplets", async (c) => {
    const asked = await readBody(c, AskedDroplets);
    const made = createDroplets(cloud, asked);
    await untilShown(
      cloud,
      made.map(({ action }) => action),
    );
    const links = { actions: made.map(({ action }) => actionLink(action, origin(c))) };
    const droplets = made.map(({ droplet }) => dropletView(cloud, droplet));
    return c.json(asked.names === undefined ? { droplet: droplets[0], links } : { droplets, links }, 202);
  });
  app.delete("/v2/droplets", async (c) => {
    const tag = c.req.query("tag_name");
    if (tag === undefined) throw unprocessable("tag_name is required");
    const droplets = findTag(state, tag) === undefined ? [] : taggedWith(state, tag).droplets;
    for (const droplet of droplets) requireUnlocked(cloud, droplet);
    await destroy(cloud, droplets);
    return c.body(null, 204);
  });
  app.get("/v2/droplets/:id", (c) => {
    observeDroplet(cloud, Number(c.req.param("id")));
    return c.json({ droplet: dropletView(cloud, requireDroplet(state, c.req.param("id"))) });
  });
  app.delete("/v2/droplets/:id", async (c) => {
    const droplet = requireDroplet(state, c.req.param("id"));
    if (!droplet.destroying) {
      requireUnlocked(cloud, droplet);
      await destroy(cloud, [droplet]);
    }
    return c.body(null, 204);
  });
  app.get("/v2/droplets/:id/firewalls", (c) => {
    const droplet = requireDroplet(state, c.req.param("id"));
    const covering = state.firewalls.filter((firewall) => covers(firewall, droplet));
    return page(c, "firewalls", covering, (firewall) => firewallView(cloud, firewall));
  });
  app.get("/v2/droplets/:id/neighbors", (c) => {
    requireDroplet(state, c.req.param("id"));
    return c.json({ droplets: [] });
  });
  for (const nothing of ["kernels", "snapshots"]) {
    app.get(`/v2/droplets/:id/${nothing}`, (c) => {
      requireDroplet(state, c.req.param("id"));
      return page(c, nothing, [], () => undefined);
    });
  }
  app.all("/v2/droplets/:id/destroy_with_associated_resources/*", () => {
    throw beyondSandbox("a droplet is destroyed by DELETE /v2/droplets/ID, what hangs on it one by one");
  });
}

/** Counts a read of a droplet for the actions that hold it. */
function observeDroplet(cloud: Cloud, id: number): void {
  observe(
    cloud,
    cloud.state.actions.filter((action) => action.locks.includes(id)),
  );
}

/** Takes droplets out of everything and starts to destroy their machines; each is shown until its machine is gone. */
async function destroy(cloud: Cloud, droplets: readonly Droplet[]): Promise<void> {
  const actions = droplets.map((droplet) => {
    droplet.destroying = true;
    detachDroplet(cloud.state, droplet.id);
    return begin(cloud, {
      type: "destroy",
      resourceType: "droplet",
      resourceId: droplet.id,
      region: droplet.region,
      locks: [droplet.id],
      change: { kind: "destroy", droplet: droplet.id },
    });
  });
  reapply(cloud);
  await untilShown(cloud, actions);
}
