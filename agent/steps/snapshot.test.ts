import { beforeEach, expect, test } from "vitest";
import type { Attempt } from "../attempt";
import { Failure } from "../failure";
import { MemoryHost } from "../memory";
import { appPaths } from "../paths";
import { readSnapshots } from "../snapshots";
import { runReleaseCommand } from "./release-command";
import { snapshot } from "./snapshot";

const URL = "postgres://shop:secret@db/shop";
const image = `registry.test/shop@sha256:${"a".repeat(64)}`;
const folder = appPaths("shop").snapshots;

let host: MemoryHost;
let said: string[];

beforeEach(() => {
  host = new MemoryHost();
  said = [];
  host.images.set(image, { lines: ["migrating"] });
  host.databases.set(URL, { size: 20e6, content: "rows", locked: new Set() });
});

function attempt(release = 2, changes: Partial<Attempt["manifest"]> = {}): Attempt {
  const id = `shop-r${release}-release_command-1`;
  const labels = { "slipway.app": "shop", "slipway.process": "release_command", "slipway.release": String(release) };
  const state = { running: false, exitCode: 0, started: false, since: 0, stopped: false, port: undefined, writes: [] };
  const container = { id, name: id, labels, image, ...state };
  host.all.push(container);
  const manifest: Attempt["manifest"] = {
    version: 1,
    app: "shop",
    origin: { sequence: 1, actor: "ana" },
    processes: { web: { image, compose: {}, port: 8000, replicas: 1 } },
    routes: [],
    tls: { mode: "off" },
    release: { process: "web", command: ["migrate"] },
    environment: { DATABASE_URL: URL },
    secrets: ["DATABASE_URL"],
    volumes: [],
    database: { url: "DATABASE_URL" },
    snapshot: { keep: 2, limit: 2000 },
    keep: 3,
    limits: { health: 5, release: 60, drain: 10, settle: 0, watch: 2, lock: 5, wait: 1 },
    ...changes,
  };
  return {
    host,
    asked: manifest,
    manifest,
    release,
    live: undefined,
    before: undefined,
    owner: "ana",
    environment: "fingerprint",
    kept: {},
    fetching: { guarded: Promise.resolve(undefined), pulled: Promise.resolve(undefined) },
    say: (line) => said.push(line),
    containers: [container],
  };
}

const dumps = () =>
  [...host.texts.keys()]
    .filter((path) => path.startsWith(folder))
    .map((path) => path.slice(folder.length + 1))
    .sort();

test("the state before the release command is kept with its restore line", async () => {
  const tried = attempt();
  expect(await snapshot(tried)).toBe("20 MB; restore with: sudo slipway restore shop 2");
  expect(tried.snapshot).toBe(2);
  expect(host.texts.get(`${folder}/2.dump`)).toEqual({ text: "rows", mode: 0o600 });
  expect(await readSnapshots(host.files, "shop")).toEqual([
    { id: "2", at: "2026-01-01T00:00:00.000Z", actor: "ana", bytes: 20e6, role: "app", searchPath: "public" },
  ]);
});

test("the newest stay, what a killed dump left goes, and a whole one that nobody knows stays", async () => {
  for (const release of [2, 3]) await snapshot({ ...attempt(release), live: { release } as Attempt["live"] });
  for (const name of ["3.dump.draft", "9.dump.sha256", "1.dump"])
    await host.files.write(`${folder}/${name}`, "", 0o600);
  for (const name of ["before-restore-1.dump", "before-restore-1.json"])
    await host.files.write(
      `${folder}/${name}`,
      JSON.stringify({ id: "before-restore-1", at: "1", actor: "bo", bytes: 1 }),
      0o600,
    );
  await snapshot({ ...attempt(4), live: { release: 4 } as Attempt["live"] });
  expect(dumps()).toEqual([
    "1.dump",
    "3.dump",
    "3.json",
    "4.dump",
    "4.json",
    "before-restore-1.dump",
    "before-restore-1.json",
  ]);
});

test.each([
  1, 2, 3,
])("however often a release is tried in vain, the state before the first try stays (keep %i)", async (keep) => {
  const tries = async (numbers: readonly number[], live: number) => {
    for (const release of numbers) {
      Object.assign(host.databases.get(URL) ?? {}, { content: `before ${release}` });
      // A clock that runs backwards changes nothing of it.
      host.time -= 60_000;
      const tried = attempt(release, { snapshot: { keep, limit: 2000 } });
      await snapshot({ ...tried, live: { release: live } as Attempt["live"] });
      expect(host.texts.get(`${folder}/${numbers[0]}.dump`)?.text).toBe(`before ${numbers[0]}`);
      expect(host.texts.get(`${folder}/${release}.dump`)?.text).toBe(`before ${release}`);
    }
  };
  await tries([2, 3, 4, 5, 6, 7], 1);
  expect(dumps().filter((name) => name.endsWith(".dump"))).toHaveLength(Math.max(2, keep));
  await tries([8, 9, 10, 11, 12], 7);
  expect(dumps().filter((name) => name.endsWith(".dump"))).toHaveLength(Math.max(2, keep));
});

test("a dump is never written over", async () => {
  await snapshot(attempt(2));
  Object.assign(host.databases.get(URL) ?? {}, { content: "worse" });
  await expect(snapshot(attempt(2))).rejects.toThrow("there is a snapshot 2 of shop already");
  expect(host.texts.get(`${folder}/2.dump`)?.text).toBe("rows");
});

test.each([
  ["an empty database", {}, 0, "none: the database has no table yet"],
  ["one above the limit", {}, 3210e6, "skipped: the database has 3,210 MB, more than the limit of 2,000 MB"],
  ["no setting for it", { snapshot: undefined }, 20e6, undefined],
  ["no release command", { release: undefined }, 20e6, undefined],
  ["no database", { database: undefined }, 20e6, undefined],
])("none is made of %s", async (_, changes, size, note) => {
  Object.assign(host.databases.get(URL) ?? {}, { size });
  const tried = attempt(2, changes as Partial<Attempt["manifest"]>);
  expect(await snapshot(tried)).toBe(note);
  expect(tried.snapshot).toBeUndefined();
  expect(dumps()).toEqual([]);
});

test.each([
  [
    "no room",
    () => {
      host.free = 21e6;
    },
    "the disk has 21 MB free, and a snapshot of the database may need 22 MB",
  ],
  [
    "a database that is down",
    () => {
      Object.assign(host.databases.get(URL) ?? {}, { down: "refused" });
    },
    "can't be reached: refused",
  ],
  [
    "a dump that fails",
    () => {
      host.broken.set("database.dump", "out of memory");
    },
    "out of memory",
  ],
])("%s fails the release", async (_, set, reason) => {
  set();
  await expect(snapshot(attempt())).rejects.toThrow(reason);
  expect(dumps()).toEqual([]);
});

test("the release command runs under the database's lock, which is free afterwards", async () => {
  host.onEffect = (name) => {
    if (name.startsWith("docker.runToEnd")) expect(host.databases.get(URL)?.locked).toEqual(new Set(["slipway:shop"]));
  };
  await runReleaseCommand(attempt());
  expect(said).toEqual(["  | migrating"]);
  expect(host.databases.get(URL)?.locked.size).toBe(0);
  expect(host.all).toEqual([]);
});

test("an app without a database needs no lock", async () => {
  await runReleaseCommand(attempt(2, { database: undefined }));
  expect(host.effects.filter((name) => name.startsWith("database"))).toEqual([]);
});

test.each([
  [5, "not to be had for the release command: another holds the lock slipway:shop"],
  [0, "not to be had for the release command: another holds the lock slipway:shop"],
])("while another migrates it doesn't run (limit %s)", async (lock, reason) => {
  host.databases.get(URL)?.locked.add("slipway:shop");
  const tried = attempt();
  const limits = { ...tried.manifest.limits, lock };
  await expect(runReleaseCommand({ ...tried, manifest: { ...tried.manifest, limits } })).rejects.toThrow(reason);
  expect(host.effects.filter((name) => name.startsWith("docker.runToEnd"))).toEqual([]);
});

test("a lock that is lost ends the command", async () => {
  Object.assign(host.databases.get(URL) ?? {}, { loses: "the server went away" });
  await expect(runReleaseCommand(attempt())).rejects.toThrow("the server went away");
  expect(host.effects).toContain("docker.stop shop-r2-release_command-1");
});

test("a command that waited for someone's lock in vain says so, and what to do", async () => {
  host.images.set(image, {
    releaseCode: 1,
    lines: ["psycopg.errors.LockNotAvailable: canceling statement due to lock timeout"],
  });
  const failed = await runReleaseCommand(attempt()).catch((thrown) => thrown);
  expect(failed).toBeInstanceOf(Failure);
  expect(failed.container).toBe("shop-r2-release_command-1");
  expect(failed.message).toMatch(
    /^«migrate» ended with exit code 1: another session of the database held a lock it needs for longer than 5 s \(limits\.lock in the app's settings\)\. Release again when that one is done/,
  );
  expect(host.databases.get(URL)?.locked.size).toBe(0);
});

test("any other failure is told as it is", async () => {
  host.images.set(image, { releaseCode: 3 });
  await expect(runReleaseCommand(attempt())).rejects.toThrow(/^«migrate» ended with exit code 3$/);
});
