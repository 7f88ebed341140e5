import type { Hono } from "hono";
import { z } from "zod";
import type { SandboxEnv } from "../../http/env";
import type { BackupPolicy } from "../actions/model";
import type { Cloud } from "../cloud";
import { page } from "../envelope";
import { unprocessable } from "../errors";
import { apiTime } from "../ids";
import type { Droplet } from "./model";
import { requireDroplet } from "./require";

const DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const HOURS = [0, 4, 8, 12, 16, 20];
const WINDOW = 4;
const HOUR = 3_600_000;

/** A backup policy as requests bring it. */
export const AskedPolicy = z.object({
  plan: z.string().nullish(),
  weekday: z.string().nullish(),
  hour: z.number().nullish(),
});

/** A policy in full, weekly on Sunday at 20:00 UTC where nothing else is asked. Throws the API's 422. */
export function policyFrom(asked: z.infer<typeof AskedPolicy>): BackupPolicy {
  const plan = asked.plan || "weekly";
  if (plan !== "weekly" && plan !== "daily") throw unprocessable(`backup plan ${JSON.stringify(plan)} is invalid`);
  const weekday = asked.weekday || "SUN";
  if (!DAYS.includes(weekday)) throw unprocessable(`backup weekday ${JSON.stringify(weekday)} is invalid`);
  const hour = asked.hour ?? 20;
  if (!HOURS.includes(hour)) throw unprocessable(`backup hour ${hour} is invalid: one of ${HOURS.join(", ")}`);
  return { plan, weekday: plan === "weekly" ? weekday : null, hour };
}

/** The next window a policy gives after `now` (milliseconds since 1970), in UTC. */
export function nextWindow(policy: BackupPolicy, now: number) {
  const midnight = new Date(now).setUTCHours(0, 0, 0, 0);
  for (let day = 0; ; day += 1) {
    const start = midnight + day * 24 * HOUR + policy.hour * HOUR;
    if (start <= now) continue;
    if (policy.weekday !== null && DAYS[new Date(start).getUTCDay()] !== policy.weekday) continue;
    return { start: apiTime(start), end: apiTime(start + WINDOW * HOUR) };
  }
}

/** Backup policies. They are records: the sandbox makes no backups. */
export function backupRoutes(app: Hono<SandboxEnv>, cloud: Cloud): void {
  app.get("/v2/droplets/backups/supported_policies", (c) =>
    c.json({
      supported_policies: [
        { ...shape("weekly", 28), possible_days: DAYS },
        { ...shape("daily", 7), possible_days: [] },
      ],
    }),
  );
  app.get("/v2/droplets/backups/policies", (c) => {
    const { droplets } = cloud.state;
    return c.json({
      policies: Object.fromEntries(droplets.map((droplet) => [droplet.id, policyView(cloud, droplet)])),
      links: {},
      meta: { total: droplets.length },
    });
  });
  app.get("/v2/droplets/:id/backups/policy", (c) => {
    return c.json({ policy: policyView(cloud, requireDroplet(cloud.state, c.req.param("id"))) });
  });
  app.get("/v2/droplets/:id/backups", (c) => {
    requireDroplet(cloud.state, c.req.param("id"));
    return page(c, "backups", [], () => undefined);
  });
}

function shape(name: string, days: number) {
  return { name, possible_window_starts: HOURS, window_length_hours: WINDOW, retention_period_days: days };
}

function policyView(cloud: Cloud, droplet: Droplet) {
  const policy = droplet.backupPolicy;
  if (!policy) return { droplet_id: droplet.id, backup_enabled: false };
  return {
    droplet_id: droplet.id,
    backup_enabled: true,
    backup_policy: {
      plan: policy.plan,
      ...(policy.weekday === null ? {} : { weekday: policy.weekday }),
      hour: policy.hour,
      window_length_hours: WINDOW,
      retention_period_days: policy.plan === "weekly" ? 28 : 7,
    },
    next_backup_window: nextWindow(policy, cloud.clock.now()),
  };
}
