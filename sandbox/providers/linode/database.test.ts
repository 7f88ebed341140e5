/** A managed Postgres by the stand-in plugin: its life, and what its API may say instead. */
import { describe, expect, it } from "vitest";
import type { TestSandbox } from "../../testing";
import { Unfinished } from "../resource";
import { testCloud } from "../testCloud";
import { driver, type Held, keptCall } from "../testing";
import type { Properties } from "../wire";
import { linode } from "./linode";

const TYPE = "linode:index/databasePostgresqlV2:DatabasePostgresqlV2";
const SERVER = "linode-database-530001";
const path = "/v4/databases/postgresql/instances";
let sandbox: TestSandbox;
const plugin = linode();

testCloud(
  (url) => plugin.configure?.({ url, token: "a-token", minRetryDelayMs: 1 }),
  (fresh) => {
    sandbox = fresh;
  },
);

const inputs: Properties = {
  label: "shop-prod",
  region: "eu-central",
  type: "g6-nanode-1",
  engineId: "postgresql/17",
  clusterSize: 1,
  allowLists: ["2001:db8::9/128", "203.0.113.9/32"],
  updates: { dayOfWeek: 7, duration: 4, frequency: "weekly", hourOfDay: 3 },
};
const database = (kept = keptCall()) => driver(plugin, TYPE, kept);
const fault = (rule: object) => sandbox.ask("POST", "/_sandbox/faults", { times: 1, ...rule });
const count = async () => (await sandbox.ask("GET", path)).body.results;
const refusal = (given: Properties) =>
  database()
    .create(given)
    .then(
      () => "made",
      (error: Error) => error.message.replace(/^.*instances: /, ""),
    );

describe("a managed Postgres", () => {
  it("lives, with its login and its authority kept as secrets", async () => {
    const held = await database().create(inputs);
    expect(held.outputs).toMatchObject({ ...inputs, hostPrimary: "10.213.0.180", rootUsername: "akmadmin" });
    expect(held.outputs.caCert).toBe(await sandbox.databases.authority());
    expect(plugin.resources[TYPE]?.secrets).toEqual(["caCert", "rootPassword", "rootUsername"]);
    expect(database().diff(held, inputs).parts).toEqual({});
    const read = await database().read(held);
    expect(read?.outputs).toEqual(held.outputs);
    expect(database().diff(read as Held, inputs).parts).toEqual({});
    await database().delete(held);
    expect(await sandbox.databases.list()).toEqual([]);
  });

  it("has no difference where its window is left to the API", async () => {
    const { updates, ...bare } = inputs;
    const held = await database().create(bare);
    const read = await database().read(held);
    expect(database().diff(read as Held, bare).parts).toEqual({});
  });

  it("changes in place but for its region", async () => {
    const held = await database().create(inputs);
    const wanted = { ...inputs, type: "g6-standard-1", clusterSize: 3, allowLists: ["203.0.113.10/32"] };
    expect(database().diff(held, wanted).replaces).toEqual([]);
    const changed = await database().update(held, wanted);
    expect(changed.outputs).toMatchObject({ type: "g6-standard-1", clusterSize: 3, status: "active" });
    expect(sandbox.databases.look(SERVER)?.sources).toEqual(["203.0.113.10/32"]);
    expect(database().diff(changed, wanted).parts).toEqual({});
    expect(database().diff(changed, { ...wanted, region: "us-ord" }).replaces).toEqual(["region"]);
  });

  it("shows what was changed by hand, and puts it right", async () => {
    const held = await database().create(inputs);
    await sandbox.ask("PUT", `${path}/${held.id}`, { allow_list: ["0.0.0.0/0"] });
    const read = (await database().read(held)) as Held;
    expect(read.outputs.allowLists).toEqual(["0.0.0.0/0"]);
    expect(Object.keys(database().diff(read, inputs).parts)).toEqual(["allowLists[0]", "allowLists[1]"]);
    await database().update(read, inputs);
    expect(sandbox.databases.look(SERVER)?.sources).toEqual(["203.0.113.9/32"]);
  });

  it("that was deleted by hand is not there any more for a refresh, and no fault to delete", async () => {
    const held = await database().create(inputs);
    await sandbox.ask("DELETE", `${path}/${held.id}`);
    expect(await database().read(held)).toBeUndefined();
    await database().delete(held);
  });

  it("says while it is made that it is, and how long already", async () => {
    await sandbox.ask("PUT", "/_sandbox/settings", { transitions: { mode: "polls", polls: 2 } });
    const kept = keptCall();
    await database(kept).create(inputs);
    expect(kept.lines[0]).toMatch(/^status: database is provisioning \(\d+ s\)$/);
  });
});

describe("what the API may say", () => {
  it.each<[string, Properties, string]>([
    [
      "a region without databases",
      { region: "eu-west" },
      "[400] [region] Managed Databases are not available in this region",
    ],
    ["no such region", { region: "eu-centre" }, "[400] [region] region is not valid"],
    ["no such plan", { type: "g6-standard-77" }, "[400] [type] type is not valid"],
    ["a plan without so many nodes", { clusterSize: 2 }, "[400] [cluster_size] Must be one of 1, 3"],
    ["no such version", { engineId: "postgresql/9" }, "[400] [engine] engine is not valid"],
    ["no address", { allowLists: ["here"] }, "[400] [allow_list[0]] Must be a valid IP address or range"],
  ])("%s", async (_, change, words) => {
    expect((await refusal({ ...inputs, ...change })).slice(0, words.length)).toBe(words);
    expect(await count()).toBe(0);
  });

  it.each([
    [401, "[401] Invalid Token; give a valid token as linode:token or in LINODE_TOKEN"],
    [403, "[403] Unauthorized"],
    [500, "[500] An error occurred"],
  ])("%d, and nothing is made", async (status, words) => {
    await fault({ kind: "status", status, method: "POST", path });
    expect(await refusal(inputs)).toBe(words);
    expect(await count()).toBe(0);
    expect(await refusal(inputs)).toBe("made");
  });

  it("429 or 503, and it is asked again after as long as it says, once", async () => {
    await fault({ kind: "status", status: 429, retryAfter: 1, method: "POST", path });
    await fault({ kind: "status", status: 503, retryAfter: 0, method: "POST", path });
    const began = Date.now();
    expect(await refusal(inputs)).toBe("made");
    expect(Date.now() - began).toBeGreaterThanOrEqual(1_000);
    expect(await count()).toBe(1);
  });

  it("nothing, though it has done it: the next run makes no second one", async () => {
    await fault({ kind: "lost", method: "POST", path });
    expect(await refusal(inputs)).not.toBe("made");
    expect(await refusal(inputs)).toBe("[400] [label] Label must be unique among your databases");
    expect(await count()).toBe(1);
  });

  it("a failure while it is being made: the state keeps it, and the next run waits for it and sets its window", async () => {
    await sandbox.ask("PUT", "/_sandbox/settings", { transitions: { mode: "polls", polls: 3 } });
    await fault({ kind: "status", status: 500, method: "GET", path: `${path}/*` });
    const failed = await database()
      .create(inputs)
      .catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(Unfinished);
    const { id, outputs } = (failed as Unfinished).made;
    const mended = await database().update({ id, inputs, outputs }, inputs);
    expect(mended.outputs).toMatchObject({ ...inputs, status: "active" });
    expect(await count()).toBe(1);
  });
});
