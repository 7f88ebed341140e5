import type { Hono } from "hono";
import { z } from "zod";
import { readBody } from "../../http/body";
import type { SandboxEnv } from "../../http/env";
import type { Cloud } from "../cloud";
import { page } from "../envelope";
import { ApiError, unprocessable } from "../errors";
import { ADMIN, FIRST_DATABASE, serverId } from "./model";
import { missing, requireCluster, requireMade } from "./require";

const NewDatabase = z.object({
  name: z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_.-]{0,62}$/, "invalid database name"),
});
/** Databases of the server itself. */
const RESERVED = ["postgres", "template0", "template1"];

/** `/v2/databases/ID/dbs`: the databases in a cluster. The administrator owns each. */
export function databaseRoutes(app: Hono<SandboxEnv>, cloud: Cloud): void {
  app.get("/v2/databases/:id/dbs", (c) => {
    return page(c, "dbs", requireCluster(cloud, c.req.param("id")).databases, (name) => ({ name }));
  });
  app.post("/v2/databases/:id/dbs", async (c) => {
    const cluster = requireMade(cloud, c.req.param("id"));
    const { name } = await readBody(c, NewDatabase);
    if (RESERVED.includes(name) || cluster.databases.includes(name)) {
      throw unprocessable("database name is not available");
    }
    cluster.databases.push(name);
    const id = serverId(cluster);
    try {
      await cloud.servers.run(id, () => cloud.databases.addDatabase(id, name, ADMIN));
    } catch (error) {
      cluster.databases = cluster.databases.filter((known) => known !== name);
      throw error;
    }
    return c.json({ db: { name } }, 201);
  });
  app.get("/v2/databases/:id/dbs/:name", (c) => {
    const { databases } = requireCluster(cloud, c.req.param("id"));
    const name = c.req.param("name");
    if (!databases.includes(name)) throw missing("database");
    return c.json({ db: { name } });
  });
  app.delete("/v2/databases/:id/dbs/:name", async (c) => {
    const cluster = requireMade(cloud, c.req.param("id"));
    const name = c.req.param("name");
    if (!cluster.databases.includes(name)) throw missing("database");
    if (name === FIRST_DATABASE) throw new ApiError(403, "forbidden", `database ${name} cannot be deleted`);
    const id = serverId(cluster);
    await cloud.servers.run(id, () => cloud.databases.dropDatabase(id, name));
    cluster.databases = cluster.databases.filter((known) => known !== name);
    return c.body(null, 204);
  });
}
