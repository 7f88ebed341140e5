/** Servers that keep data beside an app: what no release changed goes on, and no two of them are ever on one volume. */
import { beforeEach, expect, test } from "vitest";
import type { Manifest, Process } from "./manifest";
import { MemoryHost } from "./memory";
import { release } from "./release";
import { repair } from "./repair";

const image = (name: string, digit: string) => `registry.test/${name}@sha256:${digit.repeat(64)}`;

/** Digits of the images of a release, and whatever else is different in it. */
interface Version {
  readonly app?: string;
  readonly db?: string;
  readonly cache?: string;
  readonly admin?: string;
  readonly change?: (processes: Record<string, Process>) => Record<string, Process>;
  readonly manifest?: Partial<Manifest>;
}

let host: MemoryHost;
let out: string[];
let sequence: number;

function manifest({
  app = "1",
  db = "1",
  cache = "1",
  admin = "1",
  change = (same) => same,
  ...rest
}: Version): Manifest {
  sequence += 1;
  return {
    version: 1,
    app: "shop",
    origin: { sequence, actor: "ana" },
    processes: change({
      web: {
        image: image("web", app),
        compose: { depends_on: ["db", "cache"] },
        port: 8000,
        health: "/up",
        replicas: 1,
        media: { volume: "uploads", at: "/media/" },
      },
      worker: { image: image("web", app), compose: { command: ["work"], depends_on: ["cache"] }, replicas: 1 },
      db: { image: image("db", db), compose: { volumes: ["rows:/data"] }, replicas: 1 },
      cache: { image: image("cache", cache), compose: {}, replicas: 1 },
      admin: { image: image("admin", admin), compose: { volumes: ["lite:/data"] }, port: 9000, replicas: 1 },
    }),
    routes: [
      { host: "shop.test", process: "web" },
      { host: "admin.shop.test", process: "admin" },
    ],
    tls: { mode: "off" },
    release: { process: "web", command: ["migrate"] },
    environment: { SECRET_KEY: "very secret" },
    secrets: ["SECRET_KEY"],
    volumes: ["rows", "lite", "uploads"],
    keep: 3,
    limits: { health: 5, release: 60, drain: 10, settle: 0, watch: 1, lock: 5, wait: 1 },
    ...rest.manifest,
  };
}

async function run(version: Version) {
  out = [];
  const say = (line: string) => out.push(line);
  return (await release(host, manifest(version), { wait: 1, pid: 7, say, complain: say })).result;
}

const running = () =>
  host.all
    .filter((one) => one.running)
    .map(({ name }) => name.slice("shop-".length, -"-1".length))
    .sort();

/** Two that run and may write the same volume, the uploads aside. */
function twoOnOneVolume(): string | undefined {
  const writers = new Map<string, string>();
  for (const { name, writes, running: runs } of host.all) {
    for (const place of runs ? writes : []) {
      const other = writers.get(place);
      if (other !== undefined && place !== "shop_uploads") return `${other} and ${name} on ${place}`;
      writers.set(place, name);
    }
  }
  return undefined;
}

beforeEach(() => {
  host = new MemoryHost();
  sequence = 0;
  for (const name of ["web", "db", "cache", "admin"])
    for (const digit of ["1", "2", "3"]) host.images.set(image(name, digit), {});
  host.onEffect = (name) => expect(twoOnOneVolume(), name).toBeUndefined();
});

test("the first release starts servers before the release command, and in the order in which they are needed", async () => {
  expect(await run({})).toBe("live");
  const order = host.effects.filter((name) => /^docker.(start|runToEnd) /.test(name)).map((name) => name.split(" ")[1]);
  expect(order.sort((a, b) => Number(b?.includes("db")) - Number(a?.includes("db")))[0]).toBe("shop-r1-db-1");
  const at = (name: string) => host.effects.indexOf(name);
  expect(at("docker.start shop-r1-db-1")).toBeLessThan(at("docker.runToEnd shop-r1-release_command-1"));
  expect(at("docker.start shop-r1-cache-1")).toBeLessThan(at("docker.runToEnd shop-r1-release_command-1"));
  expect(at("docker.runToEnd shop-r1-release_command-1")).toBeLessThan(at("docker.start shop-r1-web-1"));
});

test("what no release changed goes on untouched, release after release", async () => {
  await run({});
  host.effects.length = 0;
  for (const app of ["2", "3", "2", "1"]) expect(await run({ app })).toBe("live");
  expect(running()).toEqual(["r1-admin", "r1-cache", "r1-db", "r5-web", "r5-worker"]);
  const touched = host.effects.filter((name) => /^docker.(start|stop|remove) .*-(db|cache|admin)-/.test(name));
  expect(touched).toEqual([]);
  expect(await run({ app: "1" })).toBe("unchanged");
});

test("visitors of one that goes on are still led to it", async () => {
  await run({});
  await run({ app: "2" });
  expect([host.serving("shop", "web"), host.serving("shop", "admin")]).toEqual(["2", "1"]);
  await run({ app: "2", admin: "2" });
  expect(host.serving("shop", "admin")).toBe("3");
  expect(running()).toEqual(["r1-cache", "r1-db", "r2-web", "r2-worker", "r3-admin"]);
});

test("one whose needs are replaced is replaced with them; a changed secret, the number of the release and an unfit page replace it, too", async () => {
  await run({});
  await run({ cache: "2" });
  expect(running()).toEqual(["r1-admin", "r1-db", "r2-cache", "r2-web", "r2-worker"]);
  await run({ cache: "2", manifest: { environment: { SECRET_KEY: "another" } } });
  expect(running()).toEqual(["r3-admin", "r3-cache", "r3-db", "r3-web", "r3-worker"]);
  const numbered: Version = {
    cache: "2",
    manifest: { environment: { SECRET_KEY: "another" } },
    change: (all) => ({ ...all, cache: { ...(all.cache as Process), compose: { labels: { v: "$" + "{RELEASE}" } } } }),
  };
  await run(numbered);
  await run({ ...numbered, app: "2" });
  expect(running()).toContain("r5-cache");
});

test("a server's new version: the old one has stopped before it starts, and what stood still is said", async () => {
  await run({});
  host.effects.length = 0;
  expect(await run({ db: "2" })).toBe("live");
  const at = (name: string) => host.effects.indexOf(name);
  expect(at("docker.stop shop-r1-db-1")).toBeGreaterThan(-1);
  expect(at("docker.stop shop-r1-db-1")).toBeLessThan(at("docker.start shop-r2-db-1"));
  expect(at("docker.start shop-r2-db-1")).toBeLessThan(at("docker.runToEnd shop-r2-release_command-1"));
  expect(out.join("\n")).toMatch(/✓ servers [\d.]+ s \(db stood still for [\d.]+ s: never two at once on a volume\)/);
});

test("a page with a volume is replaced in place: its visitors wait for the new one from the moment the old one takes nothing new", async () => {
  await run({});
  host.effects.length = 0;
  await run({ admin: "2" });
  const at = (start: string) => host.effects.findIndex((name) => name.startsWith(start));
  const doors = host.effects.findIndex((name) => /^files.write .*ports.admin.*999997/.test(name));
  expect(doors).toBeGreaterThan(-1);
  expect(doors).toBeLessThan(at("docker.stop shop-r1-admin-1"));
  expect(at("docker.stop shop-r1-admin-1")).toBeLessThan(at("docker.start shop-r2-admin-1"));
  expect(at("docker.start shop-r2-web-1")).toBe(-1);
});

const bare = (one: Process | undefined, compose: Process["compose"]): Process => ({ ...(one as Process), compose });
const without: Version = { change: ({ db: _db, ...all }) => ({ ...all, web: bare(all.web, {}) }) };
const ordered = (order: string): Version => ({
  change: (all) => ({
    ...all,
    db: bare(all.db, { volumes: ["rows:/data"], deploy: { update_config: { order } } }),
  }),
});
const renamed: Version = {
  change: ({ db, ...all }) => ({
    ...all,
    postgres: bare(db, { volumes: ["rows:/data"] }),
    web: bare(all.web, { depends_on: ["postgres"] }),
  }),
};

test.each<[string, Version, Version]>([
  ["comes", without, {}],
  ["goes", {}, without],
  ["has another name on the same volume", {}, renamed],
  ["is told to stop first from now on", ordered("start-first"), ordered("stop-first")],
  ["isn't told to start first any more", ordered("start-first"), {}],
])("no two are on one volume in the release in which a server %s, nor in those after it and back", async (_, from, to) => {
  for (const version of [from, to, { ...to, app: "2" }, from, to]) expect(await run(version)).toBe("live");
});

test.each<[string, Version, () => void]>([
  ["an unhealthy page", { app: "2", db: "2" }, () => host.images.set(image("web", "2"), { answers: 500 })],
  ["a failing release command", { app: "2", db: "2" }, () => host.images.set(image("web", "2"), { releaseCode: 3 })],
  ["a server that crashes", { db: "2" }, () => host.images.set(image("db", "2"), { crash: 1 })],
  ["a page in place that crashes", { admin: "2" }, () => host.images.set(image("admin", "2"), { crash: 1 })],
  ["a page that sickens", { app: "2", db: "2", admin: "2" }, () => host.images.set(image("web", "2"), { dies: 500 })],
])("a failed release gives volumes back: %s", async (_, version, spoil) => {
  await run({});
  const before = running();
  spoil();
  expect(await run(version)).toBe("failed");
  expect(running()).toEqual(before);
  expect([host.serving("shop", "web"), host.serving("shop", "admin")]).toEqual(["1", "1"]);
});

test("what may have taken writes before its release failed writes them down before it goes", async () => {
  await run({});
  host.images.set(image("web", "2"), { answers: 500 });
  await run({ app: "2", db: "2" });
  const at = (name: string) => host.effects.indexOf(name);
  expect(at("docker.stop shop-r2-db-1")).toBeGreaterThan(at("docker.start shop-r2-db-1"));
  expect(at("docker.stop shop-r2-db-1")).toBeLessThan(at("docker.remove shop-r2-db-1"));
  expect(at("docker.remove shop-r2-db-1")).toBeLessThan(host.effects.lastIndexOf("docker.start shop-r1-db-1"));
});

test.each<[string, Version, (() => void) | undefined]>([
  ["a new app", { app: "2" }, undefined],
  ["a new server and page in place", { db: "2", admin: "2" }, undefined],
  ["all of it new", { app: "2", db: "2", cache: "2", admin: "2" }, undefined],
  [
    "an app that fails with a new server",
    { app: "2", db: "2" },
    () => host.images.set(image("web", "2"), { answers: 500 }),
  ],
])(
  "killed at any moment, the next boot leaves one server on each volume, and each of its process: %s",
  async (_, version, spoil) => {
    const begin = async () => {
      host = new MemoryHost();
      for (const name of ["web", "db", "cache", "admin"])
        for (const digit of ["1", "2", "3"]) host.images.set(image(name, digit), {});
      host.onEffect = (name) => expect(twoOnOneVolume(), name).toBeUndefined();
      await run({ manifest: brief });
      spoil?.();
      host.effects.length = 0;
    };
    const brief = { limits: { health: 0.05, release: 60, drain: 10, settle: 0, watch: 0, lock: 5, wait: 1 } };
    await begin();
    await run({ ...version, manifest: brief });
    // A kill between two looks is a kill before what comes after them.
    const looks =
      /^(files.(read|list|walk)|docker.(containers|condition|platform|resolve)|probe|connections|portFree|disk) /;
    const moments = host.effects.flatMap((name, at) => (looks.test(`${name} `) ? [] : [at]));
    expect(moments.length).toBeGreaterThan(25);
    for (const at of moments) {
      await begin();
      host.killAfter = at;
      await run({ ...version, manifest: brief }).catch(() => {});
      host.revive();
      await repair(host, { wait: 1, pid: 8 });
      const names = running().map((name) => name.replace(/^r\d+-/, ""));
      expect(names.sort(), `killed at ${at}`).toEqual(["admin", "cache", "db", "web", "worker"]);
      expect(await repair(host, { wait: 1, pid: 8 }), `killed at ${at}`).toMatchObject([{ mended: [] }]);
      spoil && host.images.set(image("web", "2"), {});
      expect(await run({ app: "3", manifest: brief }), `killed at ${at}`).toBe("live");
    }
  },
  120_000,
);
