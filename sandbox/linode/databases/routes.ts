import type { Hono } from "hono";
import { newPassword } from "../../databases/password";
import type { SandboxEnv } from "../../http/env";
import { readAsked } from "../body";
import type { Cloud } from "../cloud";
import { page } from "../envelope";
import { beyondSandbox, notFound, refused } from "../errors";
import { begin, notify, observe, untilShown } from "../events/run";
import { AskedDatabase, allowedFrom, ChangedDatabase, databaseFrom, refuseChange } from "./asked";
import { databaseTypes, databaseTypeView, engineView, findDatabaseType, versions } from "./catalog";
import { ADMIN, type Database, serverId, sourcesOf } from "./model";
import { destroyDatabase, findDatabase, onServer } from "./servers";
import { databaseEntity, databaseView } from "./view";

const path = "/databases/postgresql/instances";
const one = `${path}/:id{[0-9]+}`;

/** `/databases`: managed Postgres, each a real server. */
export function databaseRoutes(api: Hono<SandboxEnv>, cloud: Cloud): void {
  catalog(api);
  const list = () => cloud.state.databases.filter(({ destroying }) => !destroying);
  const read = (database: Database) => {
    observeDatabase(cloud, database);
    return databaseView(database);
  };
  api.get("/databases/instances", (c) => page(c, list().map(read), ["label", "engine", "status"]));
  api.get(path, (c) => page(c, list().map(read), ["label", "status"]));
  api.post(path, async (c) => {
    const database = databaseFrom(cloud, await readAsked(c, AskedDatabase));
    cloud.state.databases.push(database);
    await act(cloud, database, "database_create", { kind: "database_create", database: database.id });
    return c.json(databaseView(database));
  });
  api.get(one, (c) => c.json(read(requireDatabase(cloud, c.req.param("id")))));
  api.put(one, async (c) => {
    const database = requireActive(cloud, c.req.param("id"));
    const asked = await readAsked(c, ChangedDatabase);
    refuseChange(cloud, database, asked);
    await change(cloud, database, asked);
    return c.json(databaseView(database));
  });
  api.delete(one, async (c) => {
    const database = requireDatabase(cloud, c.req.param("id"));
    await destroyDatabase(cloud, database);
    notify(cloud, "database_delete", databaseEntity(database));
    return c.json({});
  });
  api.get(`${one}/credentials`, (c) => {
    return c.json({ username: ADMIN, password: requireActive(cloud, c.req.param("id")).password });
  });
  api.post(`${one}/credentials/reset`, async (c) => {
    const database = requireActive(cloud, c.req.param("id"));
    const password = newPassword();
    await onServer(cloud, database.id, async () => {
      await cloud.databases.setRole(serverId(database.id), { name: ADMIN, password, replication: true });
      database.password = password;
    });
    notify(cloud, "database_credentials_reset", databaseEntity(database));
    return c.json({});
  });
  api.get(`${one}/ssl`, async (c) => {
    requireActive(cloud, c.req.param("id"));
    return c.json({ ca_certificate: Buffer.from(await cloud.databases.authority()).toString("base64") });
  });
  api.post(`${one}/patch`, (c) => {
    requireActive(cloud, c.req.param("id"));
    return c.json({});
  });
  for (const verb of ["suspend", "resume"]) {
    api.post(`${one}/${verb}`, () => {
      throw beyondSandbox("databases that are suspended");
    });
  }
}

function catalog(api: Hono<SandboxEnv>): void {
  api.get("/databases/engines", (c) => page(c, versions.map(engineView), ["engine", "version"]));
  api.get("/databases/engines/postgresql/:version", (c) => {
    const version = c.req.param("version");
    if (!versions.includes(version)) throw notFound();
    return c.json(engineView(version));
  });
  api.get("/databases/types", (c) => page(c, databaseTypes.map(databaseTypeView)));
  api.get("/databases/types/:id", (c) => {
    const type = findDatabaseType(c.req.param("id"));
    if (!type) throw notFound();
    return c.json(databaseTypeView(type));
  });
}

async function change(cloud: Cloud, database: Database, asked: ReturnType<typeof ChangedDatabase.parse>) {
  const { label, updates, allow_list: list, type = database.type, cluster_size: nodes = database.nodes } = asked;
  const allowed = list == null ? database.allowed : allowedFrom(list);
  Object.assign(database, {
    label: label ?? database.label,
    window: updates ?? database.window,
    allowed,
    updated: cloud.clock.now(),
  });
  await onServer(cloud, database.id, () => cloud.databases.setSources(serverId(database.id), sourcesOf(database)));
  const resized = type !== database.type || nodes !== database.nodes;
  // A client waits for an event of each kind of change that it asked for.
  if (label !== undefined || updates !== undefined || list != null || !resized) {
    notify(cloud, "database_update", databaseEntity(database));
  }
  if (!resized) return;
  database.status = "resizing";
  await act(cloud, database, "database_resize", { kind: "database_resize", database: database.id, type, nodes });
}

async function act(cloud: Cloud, database: Database, action: string, change: Parameters<typeof begin>[1]["change"]) {
  await untilShown(cloud, [begin(cloud, { action, entity: databaseEntity(database), holds: null, change })]);
}

function observeDatabase(cloud: Cloud, database: Database): void {
  observe(
    cloud,
    cloud.state.events.filter(({ change }) => "database" in change && change.database === database.id),
  );
}

function requireDatabase(cloud: Cloud, id: string): Database {
  const database = findDatabase(cloud, Number(id));
  if (!database) throw notFound();
  return database;
}

/** What is told of a database, and done with it, only while its server is there. */
function requireActive(cloud: Cloud, id: string): Database {
  const database = requireDatabase(cloud, id);
  observeDatabase(cloud, database);
  if (database.status !== "active") throw refused("Database is not active");
  return database;
}
