import type { Hono } from "hono";
import { z } from "zod";
import { readBody } from "../../http/body";
import type { SandboxEnv } from "../../http/env";
import type { Action, Change } from "../actions/model";
import { requireAction } from "../actions/routes";
import { begin, observe, untilShown } from "../actions/run";
import { actionView } from "../actions/view";
import { findSize } from "../catalog/sizes";
import type { Cloud } from "../cloud";
import { page } from "../envelope";
import { beyondSandbox, unprocessable } from "../errors";
import { taggedWith } from "../tags/model";
import { AskedPolicy, policyFrom } from "./backups";
import type { Droplet } from "./model";
import { requireDroplet, requireUnlocked } from "./require";

const Asked = z.object({
  type: z.string(),
  size: z.string().optional(),
  disk: z.boolean().nullish(),
  name: z.string().optional(),
  backup_policy: AskedPolicy.nullish(),
});
type Asked = z.infer<typeof Asked>;

/** `/v2/droplets/ID/actions`: what can be done to a droplet. */
export function dropletActionRoutes(app: Hono<SandboxEnv>, cloud: Cloud): void {
  const { state } = cloud;
  const actionsOf = (droplet: Droplet) => {
    return state.actions.filter(({ resourceType, resourceId, locks }) => {
      return locks.includes(droplet.id) || (resourceType === "droplet" && resourceId === droplet.id);
    });
  };
  app.post("/v2/droplets/actions", async (c) => {
    const asked = await readBody(c, Asked);
    const changes = taggedWith(state, c.req.query("tag_name") ?? "").droplets.map((droplet) => {
      return { droplet, change: judge(cloud, droplet, asked) };
    });
    const actions = changes.map(({ droplet, change }) => start(cloud, droplet, asked.type, change));
    await untilShown(cloud, actions);
    return c.json({ actions: actions.map(actionView) }, 201);
  });
  app.get("/v2/droplets/:id/actions", (c) => {
    const actions = actionsOf(requireDroplet(state, c.req.param("id")));
    observe(cloud, actions);
    return page(c, "actions", actions.reverse(), actionView);
  });
  app.post("/v2/droplets/:id/actions", async (c) => {
    const droplet = requireDroplet(state, c.req.param("id"));
    const asked = await readBody(c, Asked);
    const action = start(cloud, droplet, asked.type, judge(cloud, droplet, asked));
    await untilShown(cloud, [action]);
    return c.json({ action: actionView(action) }, 201);
  });
  app.get("/v2/droplets/:id/actions/:action", (c) => {
    const action = requireAction(actionsOf(requireDroplet(state, c.req.param("id"))), c.req.param("action"));
    observe(cloud, [action]);
    return c.json({ action: actionView(action) });
  });
}

function start(cloud: Cloud, droplet: Droplet, type: string, change: Change): Action {
  const { id, region } = droplet;
  return begin(cloud, { type, resourceType: "droplet", resourceId: id, region, locks: [id], change });
}

/** What an action asked for would change. Throws the API's refusal. */
function judge(cloud: Cloud, droplet: Droplet, asked: Asked): Change {
  requireUnlocked(cloud, droplet);
  const { id } = droplet;
  switch (asked.type) {
    case "power_on":
      if (droplet.status === "active") throw unprocessable("Droplet is already powered on.");
      return { kind: "turn_on", droplet: id };
    case "power_off":
      if (droplet.status === "off") throw unprocessable("Droplet is already powered off.");
      return { kind: "turn_off", droplet: id, how: "hard" };
    case "shutdown":
      return { kind: "turn_off", droplet: id, how: "graceful" };
    case "reboot":
      return { kind: "restart", droplet: id, how: "graceful" };
    case "power_cycle":
      return { kind: "restart", droplet: id, how: "hard" };
    case "resize":
      return resize(droplet, asked);
    case "rename":
      if (!asked.name || !/^[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?$/.test(asked.name)) {
        throw unprocessable("Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)");
      }
      return { kind: "rename", droplet: id, name: asked.name };
    case "enable_ipv6":
      return { kind: "ipv6", droplet: id };
    case "enable_private_networking":
      return { kind: "nothing", droplet: id };
    case "enable_backups":
      return { kind: "backups", droplet: id, policy: policyFrom(asked.backup_policy ?? {}) };
    case "change_backup_policy":
      if (!droplet.backupPolicy) throw unprocessable("Backups are not enabled for this Droplet.");
      return { kind: "backups", droplet: id, policy: policyFrom(asked.backup_policy ?? {}) };
    case "disable_backups":
      return { kind: "backups", droplet: id, policy: null };
    case "snapshot":
    case "restore":
    case "rebuild":
    case "password_reset":
    case "change_kernel":
      throw beyondSandbox(`droplet action ${asked.type}; add it in sandbox/digitalocean/droplets/actions.ts`);
    default:
      throw unprocessable(`${JSON.stringify(asked.type)} is not a valid action type.`);
  }
}

function resize(droplet: Droplet, asked: Asked): Change {
  const size = findSize(asked.size ?? "");
  if (!size) throw unprocessable("You specified an invalid size.");
  if (droplet.status !== "off") throw unprocessable("Droplet must be powered off to be resized.");
  if (size.slug === droplet.size) throw unprocessable("Droplet is already this size.");
  if (size.disk < droplet.disk) throw unprocessable("This size is not available because it has a smaller disk.");
  return { kind: "resize", droplet: droplet.id, size: size.slug, disk: asked.disk ?? false };
}
