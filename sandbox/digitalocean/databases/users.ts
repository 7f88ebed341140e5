import type { Hono } from "hono";
import { z } from "zod";
import { newPassword } from "../../databases/password";
import { readBody } from "../../http/body";
import type { SandboxEnv } from "../../http/env";
import type { Cloud } from "../cloud";
import { page } from "../envelope";
import { ApiError, unprocessable } from "../errors";
import { ADMIN, type Cluster, serverId, type User } from "./model";
import { requireCluster, requireMade, requireUser } from "./require";
import { userView } from "./view";

const Settings = z.looseObject({ pg_allow_replication: z.boolean().nullish() }).nullish();
const NewUser = z.object({
  name: z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_.-]{0,62}$/, "invalid user name"),
  settings: Settings,
});
const ChangedUser = z.object({ settings: Settings });

/** `/v2/databases/ID/users`: roles that may log in. */
export function userRoutes(app: Hono<SandboxEnv>, cloud: Cloud): void {
  app.get("/v2/databases/:id/users", (c) => {
    return page(c, "users", requireCluster(cloud, c.req.param("id")).users, userView);
  });
  app.post("/v2/databases/:id/users", async (c) => {
    const cluster = requireMade(cloud, c.req.param("id"));
    const asked = await readBody(c, NewUser);
    const { name } = asked;
    const reserved = /^(postgres|pg_.*)$/.test(name);
    if (reserved || cluster.users.some((user) => user.name === name)) throw unprocessable("user name is not available");
    const replication = asked.settings?.pg_allow_replication ?? false;
    const user: User = { name, role: "normal", password: newPassword(), replication };
    cluster.users.push(user);
    try {
      await apply(cloud, cluster, user);
    } catch (error) {
      cluster.users = cluster.users.filter((known) => known !== user);
      throw error;
    }
    return c.json({ user: userView(user) }, 201);
  });
  app.get("/v2/databases/:id/users/:name", (c) => {
    return c.json({ user: userView(requireUser(requireCluster(cloud, c.req.param("id")), c.req.param("name"))) });
  });
  app.put("/v2/databases/:id/users/:name", async (c) => {
    const cluster = requireMade(cloud, c.req.param("id"));
    const user = requireUser(cluster, c.req.param("name"));
    const { settings } = await readBody(c, ChangedUser);
    const changed = { ...user, replication: settings?.pg_allow_replication ?? user.replication };
    return c.json({ user: userView(await replace(cloud, cluster, user, changed)) });
  });
  app.post("/v2/databases/:id/users/:name/reset_auth", async (c) => {
    const cluster = requireMade(cloud, c.req.param("id"));
    const user = requireUser(cluster, c.req.param("name"));
    const changed = { ...user, password: newPassword() };
    return c.json({ user: userView(await replace(cloud, cluster, user, changed)) });
  });
  app.delete("/v2/databases/:id/users/:name", async (c) => {
    const cluster = requireMade(cloud, c.req.param("id"));
    const user = requireUser(cluster, c.req.param("name"));
    if (user.role === "primary") throw new ApiError(403, "forbidden", `user ${ADMIN} cannot be deleted`);
    const id = serverId(cluster);
    await cloud.servers.run(id, () => cloud.databases.dropRole(id, user.name, ADMIN));
    cluster.users = cluster.users.filter((known) => known.name !== user.name);
    return c.body(null, 204);
  });
}

/** The server first: a password that is told is one that works. */
async function replace(cloud: Cloud, cluster: Cluster, user: User, changed: User): Promise<User> {
  await apply(cloud, cluster, changed);
  cluster.users = cluster.users.map((known) => (known.name === user.name ? changed : known));
  return changed;
}

function apply(cloud: Cloud, cluster: Cluster, user: User): Promise<void> {
  const id = serverId(cluster);
  return cloud.servers.run(id, () => cloud.databases.setRole(id, user));
}
