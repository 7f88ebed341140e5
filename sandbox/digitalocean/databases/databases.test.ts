import { describe, expect, it } from "vitest";
import type { Settings } from "../../control/settings";
import { defaultSettings } from "../../control/settings";
import { memoryAuthority } from "../../databases/memory";
import { dropletBody, type TestSandbox, testSandbox } from "../../testing";
import { maintenanceFrom } from "./routes";

const SERVER = "do-database-1";
const DROPLET = 530000001;

/** What a cluster needs at least; members of `changes` win. */
function clusterBody(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    name: "main",
    engine: "pg",
    version: "17",
    size: "db-s-1vcpu-1gb",
    region: "fra1",
    num_nodes: 1,
    ...changes,
  };
}

/** A sandbox with one cluster that is online, and the cluster's path. */
async function running(settings?: Settings): Promise<TestSandbox & { readonly path: string }> {
  const sandbox = testSandbox(settings);
  const { body } = await sandbox.ask("POST", "/v2/databases", clusterBody());
  await sandbox.settled();
  return { ...sandbox, path: `/v2/databases/${body.database.id}` };
}

/** Statuses and messages of refusals. */
async function refusals(sandbox: TestSandbox, method: string, path: string, bodies: readonly unknown[]) {
  const got = [];
  for (const body of bodies) {
    const { status, body: answer } = await sandbox.ask(method, path, body);
    got.push([status, answer?.message]);
  }
  return got;
}

describe("/v2/databases", () => {
  it("makes a cluster: creating, then online, with everything a client needs from the start", async () => {
    const { ask, databases, settled } = testSandbox();
    const release = databases.hold();
    const made = await ask("POST", "/v2/databases", clusterBody({ tags: ["app"], region: "FRA1" }));
    const { database } = made.body;
    expect(made.status).toBe(201);
    const { password } = database.connection;
    expect(password).toMatch(/^AVNS_[A-Za-z0-9]{19}$/);
    const connection = {
      protocol: "postgresql",
      uri: `postgresql://doadmin:${password}@10.213.0.180:25060/defaultdb?sslmode=require`,
      database: "defaultdb",
      host: "10.213.0.180",
      port: 25060,
      user: "doadmin",
      password,
      ssl: true,
    };
    const [vpc] = (await ask("GET", "/v2/vpcs")).body.vpcs;
    expect(database).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-/),
      name: "main",
      engine: "pg",
      version: "17",
      connection,
      private_connection: connection,
      users: [{ name: "doadmin", role: "primary", password }],
      db_names: ["defaultdb"],
      num_nodes: 1,
      region: "fra1",
      status: "creating",
      created_at: "2026-11-21T12:00:00Z",
      maintenance_window: { day: "monday", hour: "04:00:00", pending: false, description: [] },
      size: "db-s-1vcpu-1gb",
      tags: ["app"],
      private_network_uuid: vpc.id,
      project_id: (await ask("GET", "/v2/projects/default")).body.project.id,
      rules: [],
      storage_size_mib: 10240,
      metrics_endpoints: [],
      version_end_of_life: "2029-11-08T00:00:00Z",
      version_end_of_availability: "2029-05-08T00:00:00Z",
    });
    const path = `/v2/databases/${database.id}`;
    expect((await ask("GET", path)).body.database.status).toBe("creating");
    expect((await ask("POST", `${path}/dbs`, { name: "app" })).status).toBe(412);
    release();
    await settled();
    expect((await ask("GET", path)).body.database).toEqual({ ...database, status: "online" });
    expect(databases.look(SERVER)).toMatchObject({
      order: {
        id: SERVER,
        address: "10.213.0.180",
        port: 25060,
        memory: 1024,
        vcpus: 1,
        connections: 25,
        admin: { name: "doadmin", password },
        database: "defaultdb",
        sources: undefined,
      },
      power: "on",
    });
    expect((await ask("GET", "/v2/databases?tag_name=APP")).body.databases).toHaveLength(1);
    expect((await ask("GET", "/v2/databases?tag_name=other")).body.databases).toEqual([]);
    expect((await ask("GET", "/v2/tags/app")).body.tag.resources).toMatchObject({ count: 1, databases: { count: 1 } });
    expect((await ask("GET", `/v2/vpcs/${vpc.id}/members`)).body.members).toMatchObject([
      { name: "main", urn: `do:dbaas:${database.id}` },
    ]);
  });

  it("refuses what the real one refuses, in its words, and makes nothing", async () => {
    const sandbox = await running();
    const wrong = [
      {},
      { name: "Big_name" },
      { name: "other", engine: "oracle" },
      { name: "other", version: "9" },
      { name: "other", size: "s-1vcpu-1gb" },
      { name: "other", num_nodes: 2 },
      { name: "other", num_nodes: 4, size: "db-s-1vcpu-2gb" },
      { name: "other", region: "mars1" },
      { name: "other", storage_size_mib: 5000 },
      { name: "other", private_network_uuid: "x" },
      { name: "other", rules: [{ type: "ip_addr", value: "::1" }] },
      { name: "other", engine: "mysql", version: "8" },
      { name: "other", version: "16" },
      { name: "other", backup_restore: { database_name: "main" } },
    ].map(clusterBody);
    expect(await refusals(sandbox, "POST", "/v2/databases", wrong)).toEqual([
      [422, "cluster name is not available"],
      [422, "invalid cluster name: 3 to 63 of a-z, 0-9 and -, a letter first, no dash last"],
      [422, "invalid cluster engine"],
      [422, "invalid cluster engine version"],
      [422, "invalid size"],
      [422, "invalid node count"],
      [422, "invalid node count"],
      [422, "invalid region"],
      [422, "invalid storage size: from 10240 MiB for db-s-1vcpu-1gb, in steps of 10240"],
      [422, "invalid private network"],
      [422, 'invalid IPv4 address or network "::1"'],
      [501, "a limit of the sandbox: database engine mysql; it has pg"],
      [501, "a limit of the sandbox: Postgres 16; it has 17"],
      [501, "a limit of the sandbox: clusters from backups, for it makes none"],
    ]);
    expect(await sandbox.databases.list()).toEqual([SERVER]);
    expect((await sandbox.ask("GET", "/v2/databases")).body.meta.total).toBe(1);
  });

  it("holds only as many as there are addresses", async () => {
    const network = { ...testSandbox().deps.network, databases: ["10.213.0.180", "10.213.0.180"] as const };
    const sandbox = testSandbox(undefined, { network });
    await sandbox.ask("POST", "/v2/databases", clusterBody());
    const second = await sandbox.ask("POST", "/v2/databases", clusterBody({ name: "second" }));
    expect([second.status, second.body.message]).toEqual([
      422,
      "this will exceed your database cluster limit: the sandbox's range 10.213.0.180-10.213.0.180 is used up",
    ]);
  });

  it("is gone with the answer to its deletion, and so are its server and its name", async () => {
    const { ask, databases, path } = await running();
    const release = databases.hold();
    const deleting = ask("DELETE", path);
    await Promise.resolve();
    expect([(await ask("GET", path)).status, (await ask("POST", "/v2/databases", clusterBody())).body.message]).toEqual(
      [404, "cluster name is not available"],
    );
    release();
    expect((await deleting).status).toBe(204);
    expect(await databases.list()).toEqual([]);
    const again = await ask("DELETE", path);
    expect([again.status, again.body.message]).toEqual([404, "cluster not found"]);
    expect((await ask("POST", "/v2/databases", clusterBody())).body.database.connection.host).toBe("10.213.0.180");
  });

  it("says why a cluster could not be made, and gives its name to the next try", async () => {
    const { ask, databases, settled, lines } = testSandbox();
    databases.breakServer(SERVER, "no room on the disk");
    const { id } = (await ask("POST", "/v2/databases", clusterBody())).body.database;
    await settled();
    const read = await ask("GET", `/v2/databases/${id}`);
    expect([read.status, read.body.message]).toEqual([500, "cluster main could not be made: no room on the disk"]);
    expect(lines).toEqual([`create of ${SERVER} failed: no room on the disk`]);
    databases.breakServer(SERVER);
    const next = await ask("POST", "/v2/databases", clusterBody());
    await settled();
    expect(next.status).toBe(201);
    expect((await ask("GET", `/v2/databases/${next.body.database.id}`)).body.database.status).toBe("online");
    expect(await databases.list()).toEqual(["do-database-2"]);
  });

  it("shows a cluster online no sooner than the settings say", async () => {
    const { ask, path } = await running({ ...defaultSettings, transitions: { mode: "polls", polls: 2 } });
    const status = async () => (await ask("GET", path)).body.database.status;
    expect([await status(), await status(), await status()]).toEqual(["creating", "creating", "online"]);
    const immediate = testSandbox({ ...defaultSettings, transitions: { mode: "immediate" } });
    const made = await immediate.ask("POST", "/v2/databases", clusterBody());
    expect(made.body.database.status).toBe("online");
  });

  it("is resized and moved, one thing at a time", async () => {
    const { ask, databases, settled, path } = await running();
    const release = databases.hold();
    const wanted = { size: "db-s-2vcpu-4gb", num_nodes: 2 };
    expect((await ask("PUT", `${path}/resize`, wanted)).status).toBe(202);
    expect((await ask("GET", path)).body.database).toMatchObject({ status: "resizing", size: "db-s-1vcpu-1gb" });
    expect((await ask("PUT", `${path}/resize`, wanted)).status).toBe(422);
    release();
    await settled();
    expect((await ask("GET", path)).body.database).toMatchObject({
      status: "online",
      size: "db-s-2vcpu-4gb",
      num_nodes: 2,
      storage_size_mib: 61440,
    });
    expect(databases.look(SERVER)?.size).toEqual({ memory: 4096, vcpus: 2, connections: 100 });
    const less = await ask("PUT", `${path}/resize`, { ...wanted, storage_size_mib: 10240 });
    expect([less.status, (await ask("PUT", `${path}/resize`, { size: "x", num_nodes: 1 })).body.message]).toEqual([
      422,
      "invalid size",
    ]);
    expect((await ask("PUT", `${path}/migrate`, { region: "nyc3" })).status).toBe(202);
    await settled();
    expect((await ask("GET", path)).body.database).toMatchObject({ status: "online", region: "nyc3" });
    const { events } = (await ask("GET", `${path}/events`)).body;
    expect(events.map((event: { event_type: string }) => event.event_type)).toEqual([
      "cluster_update",
      "cluster_update",
      "cluster_create",
    ]);
  });

  it("keeps the maintenance window in the API's own form", async () => {
    const { ask, path } = await running();
    expect((await ask("PUT", `${path}/maintenance`, { day: "Sunday", hour: "2:00" })).status).toBe(204);
    expect((await ask("GET", path)).body.database.maintenance_window).toMatchObject({
      day: "sunday",
      hour: "02:00:00",
    });
    expect(maintenanceFrom({ day: "monday", hour: "23:59:30" })).toEqual({ day: "monday", hour: "23:59:30" });
    for (const wrong of [
      { day: "someday", hour: "2:00" },
      { day: "monday", hour: "24:00" },
    ]) {
      expect((await ask("PUT", `${path}/maintenance`, wrong)).status).toBe(422);
    }
  });

  it("has no version to be upgraded to, no backups, pools or replicas, and nothing of other engines", async () => {
    const sandbox = await running();
    const { ask, path } = sandbox;
    expect(await refusals(sandbox, "PUT", `${path}/upgrade`, [{ version: "17" }, { version: "99" }])).toEqual([
      [422, "invalid cluster engine version"],
      [422, "invalid cluster engine version"],
    ]);
    expect((await ask("GET", `${path}/backups`)).body.backups).toEqual([]);
    expect((await ask("GET", `${path}/pools`)).body.pools).toEqual([]);
    expect([
      (await ask("POST", `${path}/pools`, {})).status,
      (await ask("POST", `${path}/replicas`, {})).status,
    ]).toEqual([501, 501]);
    const policy = await ask("GET", `${path}/eviction_policy`);
    expect([policy.status, policy.body.message]).toEqual([422, "operation is not supported for this cluster type"]);
    expect((await ask("PUT", `${path}/install_update`)).status).toBe(204);
  });

  it("tells the authority, and what there is to choose from", async () => {
    const { ask, path } = await running();
    const { certificate } = (await ask("GET", `${path}/ca`)).body.ca;
    expect(Buffer.from(certificate, "base64").toString()).toBe(memoryAuthority);
    const { options, version_availability } = (await ask("GET", "/v2/databases/options")).body;
    expect(options.pg).toMatchObject({ versions: ["15", "16", "17"], default_version: "17" });
    expect(options.pg.layouts.map((layout: { sizes: string[] }) => layout.sizes[0])).toEqual([
      "db-s-1vcpu-1gb",
      "db-s-1vcpu-2gb",
      "db-s-1vcpu-2gb",
    ]);
    expect(version_availability.pg).toHaveLength(3);
  });

  it("can be in a project and bear tags", async () => {
    const { ask, path } = await running();
    const urn = `do:dbaas:${path.split("/").at(-1)}`;
    const { project } = (await ask("POST", "/v2/projects", { name: "app", purpose: "IoT" })).body;
    const assigned = await ask("POST", `/v2/projects/${project.id}/resources`, { resources: [urn] });
    expect(assigned.body.resources).toMatchObject([{ urn, links: { self: `http://localhost${path}` } }]);
    expect((await ask("GET", path)).body.database.project_id).toBe(project.id);
    await ask("POST", "/v2/tags", { name: "blue" });
    const resources = { resources: [{ resource_id: path.split("/").at(-1), resource_type: "database" }] };
    expect((await ask("POST", "/v2/tags/blue/resources", resources)).status).toBe(204);
    expect((await ask("GET", path)).body.database.tags).toEqual(["blue"]);
    await ask("DELETE", "/v2/tags/blue");
    expect((await ask("GET", path)).body.database.tags).toEqual([]);
  });
});

describe("users and databases of a cluster", () => {
  it("are made, read, changed and deleted, in the server too", async () => {
    const { ask, databases, path } = await running();
    const made = await ask("POST", `${path}/users`, { name: "app" });
    const { password } = made.body.user;
    expect([made.status, made.body]).toEqual([201, { user: { name: "app", role: "normal", password } }]);
    expect(databases.look(SERVER)?.roles.get("app")).toMatchObject({ password, replication: false });
    const reset = await ask("POST", `${path}/users/app/reset_auth`, {});
    expect(reset.body.user.password).not.toBe(password);
    expect((await ask("GET", `${path}/users/app`)).body).toEqual(reset.body);
    expect(databases.look(SERVER)?.roles.get("app")?.password).toBe(reset.body.user.password);
    await ask("PUT", `${path}/users/app`, { settings: { pg_allow_replication: true } });
    expect((await ask("GET", `${path}/users/app`)).body.user.settings).toEqual({ pg_allow_replication: true });

    expect((await ask("POST", `${path}/dbs`, { name: "app" })).body).toEqual({ db: { name: "app" } });
    expect(databases.look(SERVER)?.databases.get("app")).toBe("doadmin");
    expect((await ask("GET", `${path}/dbs/app`)).body).toEqual({ db: { name: "app" } });
    expect((await ask("GET", `${path}/dbs`)).body.dbs).toEqual([{ name: "defaultdb" }, { name: "app" }]);
    expect((await ask("DELETE", `${path}/dbs/app`)).status).toBe(204);
    expect((await ask("DELETE", `${path}/users/app`)).status).toBe(204);
    expect([...(databases.look(SERVER)?.roles.keys() ?? [])]).toEqual(["doadmin"]);
    expect([...(databases.look(SERVER)?.databases.keys() ?? [])]).toEqual(["defaultdb"]);
    expect([(await ask("GET", `${path}/users/app`)).status, (await ask("GET", `${path}/dbs/app`)).status]).toEqual([
      404, 404,
    ]);
  });

  it("are refused twice, with a bad name, and where they are the cluster's own", async () => {
    const sandbox = await running();
    const { path } = sandbox;
    const names = ["doadmin", "postgres", "no name", 'a"b'].map((name) => ({ name }));
    expect((await refusals(sandbox, "POST", `${path}/users`, names)).map(([status]) => status)).toEqual([
      422, 422, 422, 422,
    ]);
    expect(await refusals(sandbox, "POST", `${path}/dbs`, [{ name: "defaultdb" }, { name: "template1" }])).toEqual([
      [422, "database name is not available"],
      [422, "database name is not available"],
    ]);
    expect(await refusals(sandbox, "DELETE", `${path}/users/doadmin`, [undefined])).toEqual([
      [403, "user doadmin cannot be deleted"],
    ]);
    expect(await refusals(sandbox, "DELETE", `${path}/dbs/defaultdb`, [undefined])).toEqual([
      [403, "database defaultdb cannot be deleted"],
    ]);
  });

  it("leave no record where the server refused", async () => {
    const { ask, databases, path } = await running();
    databases.breakServer(SERVER, "it is full");
    expect([
      (await ask("POST", `${path}/users`, { name: "app" })).status,
      (await ask("POST", `${path}/dbs`, { name: "app" })).status,
    ]).toEqual([500, 500]);
    expect((await ask("GET", path)).body.database).toMatchObject({
      db_names: ["defaultdb"],
      users: [{ name: "doadmin" }],
    });
  });
});

describe("trusted sources", () => {
  const rules = (...list: [string, string][]) => ({ rules: list.map(([type, value]) => ({ type, value })) });

  it("let nobody in but those they name, follow droplets and tags, and let everyone in without any", async () => {
    const { ask, databases, settled, path } = await running();
    const sources = () => databases.look(SERVER)?.sources;
    await ask("POST", "/v2/droplets", dropletBody({ name: "web" }));
    await ask("POST", "/v2/droplets", dropletBody({ name: "worker", tags: ["app"] }));
    await settled();
    expect(sources()).toBeUndefined();
    const put = await ask("PUT", `${path}/firewall`, rules(["droplet", String(DROPLET)], ["ip_addr", "192.0.2.0/24"]));
    expect(put.status).toBe(204);
    expect(sources()).toEqual(["10.213.0.10", "192.0.2.0/24"]);
    await ask("PUT", `${path}/firewall`, rules(["tag", "app"]));
    expect(sources()).toEqual(["10.213.0.11"]);
    const other = { resources: [{ resource_id: String(DROPLET), resource_type: "droplet" }] };
    await ask("POST", "/v2/tags/app/resources", other);
    await settled();
    expect(sources()).toEqual(["10.213.0.10", "10.213.0.11"]);
    await ask("DELETE", `/v2/droplets/${DROPLET}`);
    await settled();
    expect(sources()).toEqual(["10.213.0.11"]);
    await ask("DELETE", `/v2/droplets/${DROPLET + 1}`);
    await settled();
    expect(sources()).toEqual([]);
    await ask("PUT", `${path}/firewall`, { rules: [] });
    expect(sources()).toBeUndefined();
  });

  it("keep their id and time while they stay, and are there before the server is", async () => {
    const { ask, databases, settled } = testSandbox();
    const made = await ask("POST", "/v2/databases", clusterBody(rules(["ip_addr", "192.0.2.1"])));
    const path = `/v2/databases/${made.body.database.id}`;
    await settled();
    expect(databases.look(SERVER)?.order.sources).toEqual(["192.0.2.1"]);
    const before = (await ask("GET", `${path}/firewall`)).body.rules;
    expect(before).toEqual([
      {
        uuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
        cluster_uuid: made.body.database.id,
        type: "ip_addr",
        value: "192.0.2.1",
        created_at: "2026-11-21T12:00:00Z",
      },
    ]);
    await ask("PUT", `${path}/firewall`, rules(["ip_addr", "192.0.2.2"], ["ip_addr", "192.0.2.1"]));
    const after = (await ask("GET", `${path}/firewall`)).body.rules;
    expect([after.length, after[1]]).toEqual([2, before[0]]);
  });

  it("are refused where they name nothing", async () => {
    const sandbox = await running();
    const wrong = [
      ["droplet", "1"],
      ["tag", "none"],
      ["ip_addr", "here"],
      ["k8s", "x"],
      ["moon", "x"],
    ] as const;
    const bodies = wrong.map(([type, value]) => rules([type, value]));
    const got = await refusals(sandbox, "PUT", `${sandbox.path}/firewall`, bodies);
    expect(got.map(([status]) => status)).toEqual([422, 422, 422, 501, 422]);
    expect((await sandbox.ask("GET", `${sandbox.path}/firewall`)).body).toEqual({ rules: [] });
  });
});

describe("a restart of the daemon", () => {
  const again = (before: TestSandbox) => testSandbox(undefined, before.deps);

  it("finds clusters as they were, and their servers on, with the sources of the records", async () => {
    const before = await running();
    await before.ask("PUT", `${before.path}/firewall`, { rules: [{ type: "ip_addr", value: "192.0.2.1" }] });
    const shown = (await before.ask("GET", before.path)).body;
    const server = before.databases.look(SERVER);
    if (server) Object.assign(server, { power: "off", sources: undefined });
    const after = again(before);
    expect((await after.restore()).databases).toEqual({
      clusters: 1,
      turnedOn: [SERVER],
      vanished: [],
      orphans: [],
      resumed: [],
    });
    expect((await after.ask("GET", before.path)).body).toEqual(shown);
    expect(server).toMatchObject({ power: "on", sources: ["192.0.2.1"] });
  });

  it("forgets a cluster whose data is gone, and destroys a server without a record", async () => {
    const before = await running();
    await before.databases.destroy(SERVER);
    const order = { ...(before.databases.look(SERVER)?.order ?? {}), id: "do-database-7" };
    await before.databases.create({
      ...order,
      address: "10.213.0.190",
      port: 25060,
      memory: 1024,
      vcpus: 1,
      connections: 25,
      admin: { name: "doadmin", password: "x" },
      database: "defaultdb",
      sources: undefined,
    });
    const after = again(before);
    expect((await after.restore()).databases).toMatchObject({ vanished: [SERVER], orphans: ["do-database-7"] });
    expect((await after.ask("GET", before.path)).status).toBe(404);
    expect(await before.databases.list()).toEqual([]);
  });

  it("goes on with what was under way", async () => {
    const before = testSandbox();
    before.databases.hold();
    const { id } = (await before.ask("POST", "/v2/databases", clusterBody())).body.database;
    const after = testSandbox(undefined, { store: before.deps.store });
    expect((await after.restore()).databases).toMatchObject({ clusters: 1, resumed: [`create ${SERVER}`] });
    await after.settled();
    expect((await after.ask("GET", `/v2/databases/${id}`)).body.database.status).toBe("online");
    expect(await after.databases.list()).toEqual([SERVER]);
  });

  it("loads records from before there were databases", async () => {
    const before = testSandbox();
    await before.ask("POST", "/v2/tags", { name: "old" });
    const saved = (await before.deps.store.load()) as { digitalocean: Record<string, unknown> };
    delete saved.digitalocean.databases;
    const counters = saved.digitalocean.counters as Record<string, unknown>;
    for (const counter of ["database", "rule", "event"]) delete counters[counter];
    await before.deps.store.save(saved);
    const after = again(before);
    await after.restore();
    expect((await after.ask("GET", "/v2/databases")).body.databases).toEqual([]);
    expect((await after.ask("POST", "/v2/databases", clusterBody())).status).toBe(201);
  });

  it("a reset leaves no server", async () => {
    const { ask, databases } = await running();
    await ask("POST", "/_sandbox/reset");
    expect(await databases.list()).toEqual([]);
    expect((await ask("GET", "/v2/databases")).body.databases).toEqual([]);
  });
});
