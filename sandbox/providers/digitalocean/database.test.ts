import { describe, expect, it } from "vitest";
import { memoryAuthority } from "../../databases/memory";
import { dropletBody, type TestSandbox } from "../../testing";
import { testCloud } from "../testCloud";
import { driver, keptCall } from "../testing";
import type { Properties } from "../wire";
import { digitalocean } from "./digitalocean";

const SERVER = "do-database-1";
let sandbox: TestSandbox;
const plugin = digitalocean();
const of = (type: string) => driver(plugin, `digitalocean:index/${type}`);
const call = (name: string, inputs: Properties) =>
  plugin.functions?.[`digitalocean:index/${name}:${name}`]?.(inputs, keptCall().call);

testCloud(
  (url) => plugin.configure?.({ apiEndpoint: url, token: "a-token", httpRetryMax: 0 }),
  (fresh) => {
    sandbox = fresh;
  },
);

const inputs: Properties = {
  name: "main",
  engine: "pg",
  version: "17",
  size: "db-s-1vcpu-1gb",
  region: "FRA1",
  nodeCount: 1,
  tags: ["app"],
  maintenanceWindows: [{ day: "sunday", hour: "02:00" }],
};
const cluster = () => of("databaseCluster:DatabaseCluster");

/** Makes, compares, refreshes and compares again, without a difference. */
async function made(type: string, given: Properties) {
  const resource = of(type);
  const held = await resource.create(given);
  expect(resource.diff(held, given).parts).toEqual({});
  const read = await resource.read(held);
  expect(read?.outputs).toEqual(held.outputs);
  expect(resource.diff(read ?? held, given).parts).toEqual({});
  return held;
}

describe("DatabaseCluster", () => {
  it("lives: made once online, refreshed without a difference, gone with its deletion", async () => {
    const held = await made("databaseCluster:DatabaseCluster", inputs);
    const password = sandbox.databases.look(SERVER)?.order.admin.password;
    const uri = `postgresql://doadmin:${password}@10.213.0.180:25060/defaultdb?sslmode=require`;
    const api = (await sandbox.ask("GET", `/v2/databases/${held.id}`)).body.database;
    expect(held.outputs).toEqual({
      clusterUrn: `do:dbaas:${held.id}`,
      database: "defaultdb",
      engine: "pg",
      host: "10.213.0.180",
      maintenanceWindows: [{ day: "sunday", hour: "02:00:00" }],
      metricsEndpoints: [],
      name: "main",
      nodeCount: 1,
      password,
      port: 25060,
      privateHost: "10.213.0.180",
      privateNetworkUuid: api.private_network_uuid,
      privateUri: uri,
      projectId: api.project_id,
      region: "fra1",
      size: "db-s-1vcpu-1gb",
      storageSizeMib: "10240",
      tags: ["app"],
      uiDatabase: null,
      uiHost: null,
      uiPassword: null,
      uiPort: null,
      uiUri: null,
      uiUser: null,
      uri,
      user: "doadmin",
      version: "17",
    });
    await cluster().delete(held);
    expect(await cluster().read(held)).toBeUndefined();
    expect(await sandbox.databases.list()).toEqual([]);
  });

  it("shows no difference for a window that the program leaves to the API, and one for a day in capitals", async () => {
    const { maintenanceWindows: _, ...without } = inputs;
    await made("databaseCluster:DatabaseCluster", without);
    const held = await cluster().create({ ...inputs, name: "second" });
    const capitals = { ...inputs, name: "second", maintenanceWindows: [{ day: "Sunday", hour: "02:00:00" }] };
    expect(cluster().diff(held, capitals).parts).toEqual({ "maintenanceWindows[0].day": "update" });
  });

  it("changes in place what it can, and is made anew for the rest", async () => {
    const held = await cluster().create(inputs);
    const larger = {
      ...inputs,
      size: "db-s-2vcpu-4gb",
      nodeCount: 2,
      tags: ["blue"],
      maintenanceWindows: [{ day: "monday", hour: "05:00" }],
    };
    expect(cluster().diff(held, larger)).toMatchObject({
      properties: ["maintenanceWindows", "nodeCount", "size", "tags"],
      replaces: [],
    });
    const changed = await cluster().update(held, larger);
    expect(changed.outputs).toMatchObject({
      size: "db-s-2vcpu-4gb",
      nodeCount: 2,
      tags: ["blue"],
      storageSizeMib: "61440",
    });
    expect(cluster().diff(changed, larger).parts).toEqual({});
    expect((await cluster().read(changed))?.outputs).toEqual(changed.outputs);
    expect(sandbox.databases.look(SERVER)?.size.memory).toBe(4096);
    for (const change of [{ name: "x-y" }, { engine: "mysql" }, { privateNetworkUuid: "v" }, { projectId: "p" }]) {
      expect(cluster().diff(held, { ...inputs, ...change }).replaces).toEqual(Object.keys(change));
    }
    expect(cluster().diff(held, { ...inputs, region: "nyc3" }).replaces).toEqual([]);
  });

  it("finds what was changed by hand", async () => {
    const held = await cluster().create(inputs);
    await sandbox.ask("PUT", `/v2/databases/${held.id}/maintenance`, { day: "friday", hour: "10:00" });
    const read = await cluster().read(held);
    expect(read && cluster().diff(read, inputs).parts).toEqual({
      "maintenanceWindows[0].day": "update",
      "maintenanceWindows[0].hour": "update",
    });
  });

  it("asks for a version, and refuses what other engines have", () => {
    const { version: _, ...without } = inputs;
    expect(() => cluster().check({}, without)).toThrow(
      'the argument "version" is required, but no definition was found',
    );
    expect(() => cluster().check({}, { ...inputs, sqlMode: "ANSI" })).toThrow(
      "sqlMode is only supported for MySQL Database Clusters",
    );
  });

  it("says what it waits for, why it was refused, and why it could not be made", async () => {
    const kept = keptCall();
    const slow = driver(plugin, "digitalocean:index/databaseCluster:DatabaseCluster", kept);
    const release = sandbox.databases.hold();
    setTimeout(release, 500);
    await slow.create(inputs);
    expect(kept.lines[0]).toBe("status: database cluster is creating (0 s)");
    await expect(cluster().create(inputs)).rejects.toThrow(/422 .*cluster name is not available/);
    sandbox.databases.breakServer("do-database-2", "no room on the disk");
    await expect(cluster().create({ ...inputs, name: "second" })).rejects.toThrow(
      /500 .*cluster second could not be made: no room on the disk/,
    );
  });

  it("keeps passwords and what holds them secret", () => {
    expect(cluster().resource.secrets).toEqual(["password", "privateUri", "uiPassword", "uiUri", "uri"]);
    expect(of("databaseUser:DatabaseUser").resource.secrets).toEqual(["accessCert", "accessKey", "password"]);
  });

  it("is found by name, and its authority by id", async () => {
    const { id, outputs } = await cluster().create(inputs);
    expect(await call("getDatabaseCa", { clusterId: id })).toEqual({ certificate: memoryAuthority, clusterId: id, id });
    expect(await call("getDatabaseCluster", { name: "main" })).toMatchObject({ id, uri: outputs.uri });
    await expect(call("getDatabaseCluster", { name: "none" })).rejects.toThrow(
      'there is no database cluster named "none"',
    );
  });
});

describe("what is in a cluster", () => {
  it("has databases and users, each made anew under another name", async () => {
    const { id: clusterId } = await cluster().create(inputs);
    const database = await made("databaseDb:DatabaseDb", { clusterId, name: "app" });
    const user = await made("databaseUser:DatabaseUser", { clusterId, name: "app" });
    expect([database.id, user.id]).toEqual([`${clusterId}/database/app`, `${clusterId}/user/app`]);
    expect(user.outputs).toEqual({
      clusterId,
      name: "app",
      role: "normal",
      password: expect.stringMatching(/^AVNS_/),
      accessCert: null,
      accessKey: null,
    });
    for (const type of ["databaseDb:DatabaseDb", "databaseUser:DatabaseUser"]) {
      expect(of(type).diff(user, { clusterId, name: "other" })).toMatchObject({
        replaces: ["name"],
        deleteFirst: false,
      });
    }
    await of("databaseDb:DatabaseDb").delete(database);
    await of("databaseUser:DatabaseUser").delete(user);
    expect(await of("databaseDb:DatabaseDb").read(database)).toBeUndefined();
    expect(await of("databaseUser:DatabaseUser").read(user)).toBeUndefined();
  });

  it("has trusted sources in no order, with an id each that is no difference", async () => {
    const { id: clusterId } = await cluster().create(inputs);
    const droplet = (await sandbox.ask("POST", "/v2/droplets", dropletBody())).body.droplet;
    await sandbox.settled();
    const rules = [
      { type: "droplet", value: String(droplet.id) },
      { type: "ip_addr", value: "192.0.2.1" },
    ];
    const firewall = of("databaseFirewall:DatabaseFirewall");
    const held = await made("databaseFirewall:DatabaseFirewall", { clusterId, rules });
    expect(held.id.startsWith(`${clusterId}-`)).toBe(true);
    expect(firewall.diff(held, { clusterId, rules: [...rules].reverse() }).parts).toEqual({});
    expect(sandbox.databases.look(SERVER)?.sources).toEqual(["10.213.0.10", "192.0.2.1"]);
    const fewer = { clusterId, rules: rules.slice(1) };
    expect(firewall.diff(held, fewer).parts).toEqual({ "rules[0]": "delete" });
    expect((await firewall.update(held, fewer)).outputs.rules).toMatchObject([{ type: "ip_addr" }]);
    await firewall.delete(held);
    expect(sandbox.databases.look(SERVER)?.sources).toBeUndefined();
    expect(() => firewall.check({}, { clusterId, rules: [{ type: "host", value: "x" }] })).toThrow(
      'rules[0].type is "host"; allowed: ip_addr, droplet, k8s, tag, app',
    );
  });
});
