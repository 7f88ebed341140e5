import type { Hono } from "hono";
import { z } from "zod";
import { readBody } from "../../http/body";
import type { SandboxEnv } from "../../http/env";
import { findRegion, regions } from "../catalog/regions";
import type { Cloud } from "../cloud";
import { page } from "../envelope";
import { beyondSandbox, unprocessable } from "../errors";
import { bears } from "../firewalls/model";
import { apiTime } from "../ids";
import { AskedCluster, AskedRules, AskedSize, clusterFrom, goalFrom, rulesFrom } from "./asked";
import { databaseRoutes } from "./dbs";
import { type Cluster, liveClusters } from "./model";
import { destroy, forgetFailed } from "./remove";
import { requireCluster, requireMade } from "./require";
import { defaultVersion, layouts, versions } from "./sizes";
import { reapplySources } from "./sources";
import { begin, observe, tell, untilShown } from "./tasks";
import { userRoutes } from "./users";
import { clusterView, ruleView } from "./view";

const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const AskedMaintenance = z.object({ day: z.string(), hour: z.string() });
const AskedVersion = z.object({ version: z.string() });
const AskedRegion = z.object({ region: z.string(), private_network_uuid: z.string().nullish() });

/** `/v2/databases`: Postgres clusters, each a real server. */
export function databaseClusterRoutes(app: Hono<SandboxEnv>, cloud: Cloud): void {
  app.get("/v2/databases/options", (c) => c.json(options()));
  app.get("/v2/databases", (c) => {
    const tag = c.req.query("tag_name");
    const clusters = liveClusters(cloud.state).filter((cluster) => tag === undefined || bears(cluster.tags, tag));
    for (const cluster of clusters) if (cluster.task?.failed == null) observe(cloud, cluster);
    return page(c, "databases", clusters, (cluster) => clusterView(cloud, cluster));
  });
  app.post("/v2/databases", async (c) => {
    const cluster = clusterFrom(cloud, await readBody(c, AskedCluster));
    forgetFailed(cloud, cluster.name);
    cloud.state.databases.push(cluster);
    begin(cloud, cluster, "create");
    await untilShown(cloud, cluster);
    return c.json({ database: clusterView(cloud, cluster) }, 201);
  });
  app.get("/v2/databases/:id", (c) => {
    return c.json({ database: clusterView(cloud, requireCluster(cloud, c.req.param("id"))) });
  });
  app.delete("/v2/databases/:id", async (c) => {
    await destroy(cloud, c.req.param("id"));
    return c.body(null, 204);
  });
  app.put("/v2/databases/:id/resize", async (c) => {
    const cluster = requireIdle(cloud, c.req.param("id"));
    begin(cloud, cluster, "resize", goalFrom(cluster, await readBody(c, AskedSize)));
    await untilShown(cloud, cluster);
    return c.body(null, 202);
  });
  app.put("/v2/databases/:id/migrate", async (c) => {
    const cluster = requireIdle(cloud, c.req.param("id"));
    const region = findRegion((await readBody(c, AskedRegion)).region);
    if (!region) throw unprocessable("invalid region");
    begin(cloud, cluster, "migrate", { region: region.slug });
    await untilShown(cloud, cluster);
    return c.body(null, 202);
  });
  app.put("/v2/databases/:id/upgrade", async (c) => {
    const cluster = requireIdle(cloud, c.req.param("id"));
    const { version } = await readBody(c, AskedVersion);
    const higher = versions.some((known) => known.version === version) && Number(version) > Number(cluster.version);
    // There is none above the one it has.
    if (!higher) throw unprocessable("invalid cluster engine version");
    throw beyondSandbox(`Postgres ${version}`);
  });
  app.put("/v2/databases/:id/maintenance", async (c) => {
    const cluster = requireMade(cloud, c.req.param("id"));
    cluster.maintenance = maintenanceFrom(await readBody(c, AskedMaintenance));
    tell(cloud, cluster, "cluster_update");
    return c.body(null, 204);
  });
  app.put("/v2/databases/:id/install_update", (c) => {
    requireMade(cloud, c.req.param("id"));
    return c.body(null, 204);
  });
  app.get("/v2/databases/:id/ca", async (c) => {
    requireCluster(cloud, c.req.param("id"));
    const certificate = Buffer.from(await cloud.databases.authority()).toString("base64");
    return c.json({ ca: { certificate } });
  });
  app.get("/v2/databases/:id/firewall", (c) => {
    const cluster = requireCluster(cloud, c.req.param("id"));
    return c.json({ rules: cluster.rules.map((rule) => ruleView(cluster, rule)) });
  });
  app.put("/v2/databases/:id/firewall", async (c) => {
    const cluster = requireCluster(cloud, c.req.param("id"));
    cluster.rules = rulesFrom(cloud, await readBody(c, AskedRules), cluster.rules);
    const applied = reapplySources(cloud);
    // A cluster that is being made gets them with its server.
    if (cluster.task?.kind !== "create") await applied;
    return c.body(null, 204);
  });
  app.get("/v2/databases/:id/backups", (c) => {
    requireCluster(cloud, c.req.param("id"));
    const time = { backup_hour: 4, backup_minute: 0, backup_interval_hours: 24 };
    return c.json({ backups: [], scheduled_backup_time: time });
  });
  app.get("/v2/databases/:id/events", (c) => {
    const cluster = requireCluster(cloud, c.req.param("id"));
    return page(c, "events", [...cluster.events].reverse(), (event) => ({
      id: event.id,
      cluster_name: cluster.name,
      event_type: event.type,
      create_time: apiTime(event.at),
    }));
  });
  for (const nothing of ["pools", "replicas"]) {
    app.get(`/v2/databases/:id/${nothing}`, (c) => {
      requireCluster(cloud, c.req.param("id"));
      return page(c, nothing, [], () => undefined);
    });
    app.post(`/v2/databases/:id/${nothing}`, () => {
      throw beyondSandbox(`${nothing} of a cluster; add them in sandbox/digitalocean/databases`);
    });
  }
  for (const foreign of ["eviction_policy", "sql_mode", "topics", "indexes"]) {
    app.all(`/v2/databases/:id/${foreign}`, (c) => {
      requireCluster(cloud, c.req.param("id"));
      throw unprocessable("operation is not supported for this cluster type");
    });
  }
  userRoutes(app, cloud);
  databaseRoutes(app, cloud);
}

/** A day in lower case and an hour with seconds, as the API tells them whatever form they came in. */
export function maintenanceFrom(asked: z.infer<typeof AskedMaintenance>): Cluster["maintenance"] {
  const day = asked.day.toLowerCase();
  if (!DAYS.includes(day)) throw unprocessable(`invalid day ${JSON.stringify(asked.day)}`);
  const time = /^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/.exec(asked.hour);
  if (!time) throw unprocessable(`invalid hour ${JSON.stringify(asked.hour)}`);
  const [, hour = "", minute = "", second = "00"] = time;
  return { day, hour: [hour.padStart(2, "0"), minute, second].join(":") };
}

function requireIdle(cloud: Cloud, id: string): Cluster {
  const cluster = requireMade(cloud, id);
  if (cluster.task !== null) throw unprocessable("cluster is busy: an operation is in progress");
  return cluster;
}

function options() {
  return {
    options: {
      pg: {
        regions: regions.map((region) => region.slug),
        versions: versions.map((known) => known.version),
        layouts,
        default_version: defaultVersion,
      },
    },
    version_availability: {
      pg: versions.map(({ version, endOfLife, endOfAvailability }) => ({
        end_of_life: endOfLife,
        end_of_availability: endOfAvailability,
        version,
        default: version === defaultVersion,
      })),
    },
  };
}
