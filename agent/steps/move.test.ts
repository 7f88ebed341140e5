import { beforeEach, expect, test } from "vitest";
import { inMaintenance } from "../maintenance";
import type { Manifest } from "../manifest";
import { MemoryHost } from "../memory";
import { appPaths } from "../paths";
import { release } from "../release";
import { repair } from "../repair";

const OLD = "postgres://shop:first-one@172.29.0.1:5432/shop";
const NEW = "postgres://shop:new@172.29.64.2:5432/shop";
const image = (digit: string) => `registry.test/shop@sha256:${digit.repeat(64)}`;

let host: MemoryHost;
let out: string[];
let err: string[];

function manifest(sequence: number, url: string, changes: Partial<Manifest> = {}): Manifest {
  return {
    version: 1,
    app: "shop",
    origin: { sequence, actor: "ana" },
    processes: { web: { image: image("1"), compose: {}, port: 8000, health: "/up", replicas: 1 } },
    routes: [{ host: "shop.test", process: "web" }],
    tls: { mode: "acme" },
    release: { process: "web", command: ["migrate"] },
    environment: { DATABASE_URL: url },
    secrets: ["DATABASE_URL"],
    volumes: [],
    database: { url: "DATABASE_URL" },
    snapshot: { keep: 2, limit: 2000 },
    keep: 3,
    limits: { health: 5, release: 60, drain: 10, settle: 0, watch: 2, lock: 5, wait: 1 },
    ...changes,
  };
}
const moving = (sequence: number, changes: Partial<Manifest> = {}) =>
  manifest(sequence, NEW, { move: { url: OLD, from: "host" }, ...changes });

async function run(asked: Manifest) {
  out = [];
  err = [];
  const options = {
    wait: 1,
    pid: 7,
    say: (line: string) => out.push(line),
    complain: (line: string) => err.push(line),
  };
  return (await release(host, asked, options)).result;
}
const content = (url: string) => host.databases.get(url)?.content;
const running = () => host.all.filter((one) => one.running).map(({ name }) => name);

beforeEach(async () => {
  host = new MemoryHost();
  for (const digit of ["1", "2"]) host.images.set(image(digit), {});
  host.databases.set(OLD, { size: 20e6, content: "rows", locked: new Set() });
  host.databases.set(NEW, { size: 0, content: "", locked: new Set() });
  expect(await run(manifest(1, OLD))).toBe("live");
});

test("the data is counted on both sides before the new release sees it, and the page comes down at the end", async () => {
  host.onEffect = (name) => {
    if (name.startsWith("database.dump")) expect(running()).toEqual([]);
  };
  expect(await run(moving(2))).toBe("live");
  expect(out.find((line) => line.startsWith("✓ move the database"))).toBe(
    "✓ move the database 0.00 s (from host: 1 table with 4 rows and 0 sequences, the same on both sides, 20 MB; the dump is snapshot 2, and the old database stays as it was)",
  );
  expect([content(OLD), content(NEW)]).toEqual(["rows", "rows"]);
  expect(await inMaintenance(host, "shop")).toBe(false);
  expect(running()).toEqual(["shop-r2-web-1"]);
  expect(host.texts.has(appPaths("shop").move)).toBe(false);
});

test("it is done once: the next release leaves the new database alone", async () => {
  await run(moving(2));
  Object.assign(host.databases.get(NEW) ?? {}, { content: "rows and more" });
  const processes = { web: { image: image("2"), compose: {}, port: 8000, health: "/up", replicas: 1 } };
  expect(await run(moving(3, { processes }))).toBe("live");
  expect(out.join("\n")).toContain("carried over before");
  expect(content(NEW)).toBe("rows and more");
});

test.each([
  ["a migration that fails", () => host.images.set(image("1"), { releaseCode: 1 })],
  ["a dump that fails", () => host.broken.set("database.dump", "out of memory")],
  ["a restore that fails", () => host.broken.set("database.restore", "no room")],
])("after %s the app runs on the old database, and the next try overwrites what this one left", async (_, spoil) => {
  spoil();
  expect(await run(moving(2))).toBe("failed");
  expect(await inMaintenance(host, "shop")).toBe(false);
  expect(running()).toEqual(["shop-r1-web-1"]);
  expect(content(OLD)).toBe("rows");
  host.broken.clear();
  host.images.set(image("1"), {});
  Object.assign(host.databases.get(OLD) ?? {}, { content: "newer rows" });
  expect(await run(moving(3))).toBe("live");
  expect(content(NEW)).toBe("newer rows");
});

test("a database that others have filled is not overwritten, and nothing stands still for it", async () => {
  Object.assign(host.databases.get(NEW) ?? {}, { size: 1, content: "theirs" });
  expect(await run(moving(2))).toBe("failed");
  expect(err.join("\n")).toContain("has tables already, so nothing is carried over from host");
  expect(content(NEW)).toBe("theirs");
  expect(host.effects.filter((name) => name.startsWith("docker.stop"))).toEqual([]);
});

test("what differs afterwards undoes the move", async () => {
  host.onEffect = (name) => {
    if (name.startsWith("database.restore")) Object.assign(host.databases.get(OLD) ?? {}, { content: "one row more" });
  };
  expect(await run(moving(2))).toBe("failed");
  expect(err.join("\n")).toContain("the old database was written to meanwhile: table public.one 4 → 12");
  expect(running()).toEqual(["shop-r1-web-1"]);
});

test("a kill in the middle is mended at the next boot: the app is there on the old database", async () => {
  host.onEffect = (name) => {
    if (name.startsWith("database.restore")) host.killAfter = 0;
  };
  await expect(run(moving(2))).rejects.toThrow("killed");
  host.onEffect = () => {};
  host.revive();
  expect(await inMaintenance(host, "shop")).toBe(true);
  await repair(host, { wait: 1, pid: 8 });
  expect(await inMaintenance(host, "shop")).toBe(false);
  expect(running()).toEqual(["shop-r1-web-1"]);
  expect(await run(moving(3))).toBe("live");
  expect(content(NEW)).toBe("rows");
});
