import { describe, expect, it } from "vitest";
import { defaultSettings } from "../../control/settings";
import { memoryStore } from "../../store/memory";
import { testSandbox } from "../../testing";

const path = "/v4/databases/postgresql/instances";
const ID = 530001;
const SERVER = `linode-database-${ID}`;
const order = {
  label: "shop-prod",
  region: "eu-central",
  type: "g6-nanode-1",
  engine: "postgresql/17",
  cluster_size: 1,
  allow_list: ["203.0.113.9", "192.0.2.0/24"],
};

async function made() {
  const sandbox = testSandbox();
  await sandbox.ask("POST", path, order);
  await sandbox.settled();
  return sandbox;
}

describe("a managed database", () => {
  it("is made, told by an event, and has a server with the allow-list", async () => {
    const { ask, settled, databases } = testSandbox();
    const release = databases.hold();
    const answer = await ask("POST", path, order);
    expect(answer.body).toEqual({
      id: ID,
      label: "shop-prod",
      region: "eu-central",
      type: "g6-nanode-1",
      engine: "postgresql",
      version: "17",
      status: "provisioning",
      allow_list: ["192.0.2.0/24", "203.0.113.9/32"],
      port: 20001,
      hosts: { primary: "10.213.0.180", standby: null },
      members: {},
      cluster_size: 1,
      platform: "rdbms-default",
      encrypted: true,
      ssl_connection: true,
      updates: { day_of_week: 1, duration: 4, frequency: "weekly", hour_of_day: 4, pending: [] },
      created: "2026-11-21T12:00:00",
      updated: "2026-11-21T12:00:00",
      fork: null,
      oldest_restore_time: null,
      total_disk_size_gb: 9,
      used_disk_size_gb: null,
      engine_config: {
        pg: { password_encryption: "scram-sha-256" },
        pg_stat_monitor_enable: false,
        pglookout: { max_failover_replication_time_lag: 60 },
      },
    });
    expect((await ask("GET", `${path}/${ID}/credentials`)).body.errors).toEqual([{ reason: "Database is not active" }]);
    release();
    await settled();
    expect((await ask("GET", `${path}/${ID}`)).body).toMatchObject({
      status: "active",
      members: { "10.213.0.180": "primary" },
    });
    const { data } = (await ask("GET", "/v4/account/events")).body;
    expect(data[0]).toMatchObject({
      action: "database_create",
      status: "finished",
      entity: { type: "database", id: ID, label: "shop-prod", url: `${path}/${ID}` },
    });
    const server = databases.look(SERVER);
    expect(server?.order).toMatchObject({ id: SERVER, port: 20001, database: "defaultdb" });
    expect(server?.sources).toEqual(["192.0.2.0/24", "203.0.113.9/32"]);
    const { body: login } = await ask("GET", `${path}/${ID}/credentials`);
    expect(login).toEqual({ username: "akmadmin", password: server?.order.admin.password });
    const { ca_certificate: ca } = (await ask("GET", `${path}/${ID}/ssl`)).body;
    expect(Buffer.from(ca, "base64").toString()).toBe(await databases.authority());
  });

  it("changes label, allow-list and window at once, and its plan in time", async () => {
    const { ask, settled, databases } = await made();
    const window = { day_of_week: 7, duration: 3, frequency: "weekly", hour_of_day: 2 };
    const changed = await ask("PUT", `${path}/${ID}`, { label: "shop", allow_list: ["0.0.0.0/0"], updates: window });
    expect(changed.body).toMatchObject({
      label: "shop",
      allow_list: ["0.0.0.0/0"],
      updates: { ...window, pending: [] },
    });
    expect(databases.look(SERVER)?.sources).toBeUndefined();
    const resized = await ask("PUT", `${path}/${ID}`, { type: "g6-dedicated-2", cluster_size: 3 });
    expect(resized.body).toMatchObject({ status: "resizing", type: "g6-nanode-1" });
    await settled();
    expect((await ask("GET", `${path}/${ID}`)).body).toMatchObject({
      status: "active",
      type: "g6-dedicated-2",
      cluster_size: 3,
      hosts: { primary: "10.213.0.180", standby: "10.213.0.180" },
    });
    expect(databases.look(SERVER)?.size).toEqual({ memory: 4096, vcpus: 2, connections: 100 });
  });

  it("gets another password that works", async () => {
    const { ask, databases } = await made();
    const before = (await ask("GET", `${path}/${ID}/credentials`)).body.password;
    await ask("POST", `${path}/${ID}/credentials/reset`);
    const { password } = (await ask("GET", `${path}/${ID}/credentials`)).body;
    expect(password).not.toBe(before);
    expect(databases.look(SERVER)?.roles.get("akmadmin")).toEqual({ name: "akmadmin", password, replication: true });
  });

  it("is gone with its server, and its label is free again", async () => {
    const { ask, databases } = await made();
    expect((await ask("DELETE", `${path}/${ID}`)).body).toEqual({});
    expect((await ask("GET", `${path}/${ID}`)).status).toBe(404);
    expect(databases.look(SERVER)).toBeUndefined();
    expect((await ask("POST", path, order)).status).toBe(200);
  });

  it("shows as being made for as long as the settings say", async () => {
    const { ask, settled } = testSandbox({ ...defaultSettings, transitions: { mode: "polls", polls: 2 } });
    await ask("POST", path, order);
    await settled();
    expect((await ask("GET", `${path}/${ID}`)).body.status).toBe("provisioning");
    await ask("GET", `${path}/${ID}`);
    expect((await ask("GET", `${path}/${ID}`)).body.status).toBe("active");
  });

  it("is known to the daemon that comes after, with its server", async () => {
    const store = memoryStore();
    const first = testSandbox(undefined, { store });
    await first.ask("POST", path, order);
    await first.settled();
    const second = testSandbox(undefined, { store, databases: first.databases });
    await second.restore();
    expect((await second.ask("GET", `${path}/${ID}`)).body).toMatchObject({ label: "shop-prod", status: "active" });
    expect(await first.databases.list()).toEqual([SERVER]);
    await first.databases.destroy(SERVER);
    const third = testSandbox(undefined, { store, databases: first.databases });
    await third.restore();
    expect((await third.ask("GET", `${path}/${ID}`)).status).toBe(404);
  });
});

describe("what is refused", () => {
  it.each([
    [{ label: "a" }, 400, [{ reason: "Label must be between 3 and 32 characters", field: "label" }]],
    [{ region: "mars" }, 400, [{ reason: "region is not valid", field: "region" }]],
    [{ region: "ap-south" }, 400, [{ reason: "Managed Databases are not available in this region", field: "region" }]],
    [{ type: "g7-none" }, 400, [{ reason: "type is not valid", field: "type" }]],
    [{ cluster_size: 2 }, 400, [{ reason: "Must be one of 1, 3", field: "cluster_size" }]],
    [{ engine: "postgresql/9" }, 400, [{ reason: "engine is not valid", field: "engine" }]],
    [{ allow_list: ["here"] }, 400, [{ reason: "Must be a valid IP address or range", field: "allow_list[0]" }]],
    [
      { label: undefined, type: undefined },
      400,
      [
        { reason: "label is required", field: "label" },
        { reason: "type is required", field: "type" },
      ],
    ],
  ])("%j", async (change, status, errors) => {
    const { ask, databases } = testSandbox();
    const answer = await ask("POST", path, { ...order, ...change });
    expect({ status: answer.status, errors: answer.body.errors }).toEqual({ status, errors });
    expect(await databases.list()).toEqual([]);
  });

  it("a label twice", async () => {
    const { ask } = await made();
    expect((await ask("POST", path, order)).body.errors).toEqual([
      { reason: "Label must be unique among your databases", field: "label" },
    ]);
  });

  it.each([
    [{ engine: "postgresql/16" }],
    [{ engine: "mysql/8" }],
    [{ fork: { source: 1 } }],
    [{ private_network: { vpc_id: 1, subnet_id: 2 } }],
    [{ engine_config: { pg: { jit: true } } }],
  ])("%j, as a limit of the sandbox", async (change) => {
    const { ask } = testSandbox();
    const { status, body } = await ask("POST", path, { ...order, ...change });
    expect(status).toBe(501);
    expect(body.errors[0].reason).toMatch(/^a limit of the sandbox: /);
  });
});

it("lists plans with prices by number of nodes, and engines", async () => {
  const { ask } = testSandbox();
  expect((await ask("GET", "/v4/databases/types/g6-nanode-1")).body).toEqual({
    id: "g6-nanode-1",
    label: "DBaaS - Nanode 1GB",
    class: "nanode",
    vcpus: 1,
    disk: 9216,
    memory: 1024,
    engines: {
      postgresql: [
        { quantity: 1, price: { hourly: 0.024, monthly: 16 } },
        { quantity: 3, price: { hourly: 0.055, monthly: 37 } },
      ],
    },
  });
  expect((await ask("GET", "/v4/databases/engines")).body.data.map(({ id }: { id: string }) => id)).toEqual([
    "postgresql/14",
    "postgresql/15",
    "postgresql/16",
    "postgresql/17",
  ]);
  expect((await ask("GET", "/v4/databases/engines/postgresql/17")).body.version).toBe("17");
});
