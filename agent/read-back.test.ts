import { beforeEach, expect, test } from "vitest";
import { MemoryHost } from "./memory";
import { appPaths } from "./paths";
import { readBackSnapshots } from "./read-back";
import { readSnapshots, snapshotsText, takeSnapshot } from "./snapshots";

const URL = "postgres://shop:s3cretpassword@db/shop";
let host: MemoryHost;

beforeEach(() => {
  host = new MemoryHost();
  host.databases.set(URL, { size: 20e6, content: "rows", locked: new Set() });
});

const take = (id: string) => takeSnapshot(host, { app: "shop", url: URL, size: 20e6, id, actor: "ana", live: 1 });
const found = async () =>
  Object.fromEntries((await readSnapshots(host.files, "shop")).map(({ id, readBack }) => [id, readBack]));

test("each snapshot has itself tried apart from who takes it, and stays one where nobody can", async () => {
  await take("1");
  expect(host.effects.at(-1)).toBe("background read-back shop");
  host.broken.set("background", "no systemd");
  await take("2");
  expect(await found()).toEqual({ 1: undefined, 2: undefined });
});

test("those that were not tried are, once, and the list says what came of it", async () => {
  await take("1");
  Object.assign(host.databases.get(URL) ?? {}, { content: "unreadable: no function f\nHINT: none" });
  await take("2");
  expect(await readBackSnapshots(host, "shop")).toEqual([
    "snapshot 2 of shop: no: unreadable: no function f",
    "snapshot 1 of shop: yes",
  ]);
  expect(await found()).toMatchObject({ 1: { result: "ok" }, 2: { result: "failed" } });
  expect(await readBackSnapshots(host, "shop")).toEqual([]);
  await take("3");
  const lines = snapshotsText(await readSnapshots(host.files, "shop"));
  expect(lines.map((line) => line.trimEnd().split(/ {2,}/).at(-1))).toEqual([
    "reads back",
    "not tried",
    "no: unreadable: no function f",
    "yes",
  ]);
});

test("one that can't be tried says why: no room, or no server", async () => {
  await take("1");
  host.free = 1e6;
  expect((await readBackSnapshots(host, "shop"))[0]).toMatch(/^snapshot 1 of shop: not tried: the disk has 1 MB free/);
  host.free = 50e9;
  await take("2");
  host.broken.set("database.readBack", "Postgres's server is not installed");
  expect(await readBackSnapshots(host, "shop")).toEqual([
    "snapshot 2 of shop: not tried: Postgres's server is not installed",
  ]);
});

test("a note of before says nothing of a role, and stays as it is", async () => {
  const { role, ...old } = await take("1");
  expect(role).toBe("app");
  await host.files.write(`${appPaths("shop").snapshots}/1.json`, JSON.stringify(old), 0o600);
  expect(await readBackSnapshots(host, "shop")).toEqual([]);
});

test("a snapshot that is gone meanwhile stays gone", async () => {
  await take("1");
  host.onEffect = (name) => {
    if (name.startsWith("database.readBack")) for (const path of [...host.texts.keys()]) host.texts.delete(path);
  };
  await readBackSnapshots(host, "shop").catch(() => {});
  expect(await found()).toEqual({});
});
