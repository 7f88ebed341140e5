import { expect, test } from "vitest";
import type { Process } from "./manifest";
import { isLasting, isStopFirst, phasesOf, writtenPlaces } from "./processes";

const process = (changes: Partial<Process> = {}): Process => ({
  image: `registry.test/shop@sha256:${"a".repeat(64)}`,
  compose: {},
  replicas: 1,
  ...changes,
});
const ordered = (order: string, changes: Partial<Process> = {}) =>
  process({ compose: { deploy: { update_config: { order } } }, ...changes });

const manifest = {
  routes: [
    { host: "shop.test", process: "web" },
    { host: "admin.shop.test", process: "admin" },
  ],
  processes: {
    web: process({
      port: 8000,
      compose: { depends_on: { cache: {}, seed: { condition: "service_completed_successfully" } } },
    }),
    admin: ordered("stop-first", { port: 9000 }),
    search: process({ port: 7000 }),
    cache: process(),
    seed: process(),
    worker: process(),
    mail: ordered("start-first"),
    queue: ordered("stop-first", { port: 5672 }),
    nightly: process({ schedule: "0 3 * * *" }),
  },
};

test("workers stop first, what writes a volume, and what the compose file says so of", () => {
  const names = Object.keys(manifest.processes);
  expect(names.filter((name) => isStopFirst(name, manifest))).toEqual(["admin", "worker", "queue"]);
  expect(isStopFirst("nobody", manifest)).toBe(false);
});

test("what runs all the time: neither what ends by itself nor what has a schedule", () => {
  const names = Object.keys(manifest.processes);
  expect(names.filter((name) => !isLasting(name, manifest))).toEqual(["seed", "nightly"]);
});

const server = `registry.test/postgres@sha256:${"b".repeat(64)}`;
const stored = (compose: Process["compose"], changes: Partial<Process> = {}) =>
  process({ compose: { volumes: ["data:/data"], ...compose }, ...changes });

test("each process has its phase: what others need comes before them, what visitors wait for comes last", () => {
  const routes = [{ host: "shop.test", process: "web" }];
  const of = (processes: Record<string, Process>, release?: { process: string; command: string[] }) =>
    phasesOf({ routes, processes, ...(release && { release }) });
  const web = (...needed: string[]) => process({ port: 8000, compose: { depends_on: needed } });
  const start = { deploy: { update_config: { order: "start-first" } } };

  expect(of({ web: web("db"), db: stored({}), worker: process() })).toEqual({
    web: "beside",
    db: "early",
    worker: "worker",
  });
  expect(of({ web: web(), db: stored({}, { image: server }) })).toMatchObject({ db: "early" });
  expect(of({ web: web(), beat: stored({}) })).toMatchObject({ beat: "worker" });
  expect(of({ web: web("db"), db: stored(start) })).toMatchObject({ db: "beside" });
  expect(of({ web: web("queue"), queue: ordered("stop-first") })).toMatchObject({ queue: "early" });
  // What an early one waits for, and what the release command needs, is as early.
  expect(of({ web: web("db"), db: stored({ depends_on: ["keys"] }), keys: process() })).toMatchObject({
    keys: "early",
  });
  expect(of({ web: web("cache"), cache: process() })).toMatchObject({ cache: "beside" });
  expect(of({ web: web("cache"), cache: process() }, { process: "web", command: ["migrate"] })).toMatchObject({
    cache: "early",
  });
  // Visitors wait for one with a volume, and whatever waits for that one comes with it.
  const sqlite = stored({}, { port: 8000 });
  expect(of({ web: sqlite })).toEqual({ web: "in place" });
  expect(of({ web: sqlite, proxy: web("web") })).toMatchObject({ web: "in place", proxy: "in place" });
  // What ends by itself and writes the volume does so when the old one has stopped; otherwise before, with nobody waiting.
  const ended = { depends_on: { seed: { condition: "service_completed_successfully" } } };
  expect(of({ web: stored(ended, { port: 8000 }), seed: stored({}) })).toMatchObject({ seed: "in place" });
  expect(of({ web: stored(ended, { port: 8000 }), seed: process() })).toMatchObject({ seed: "beside" });
  expect(of({ web: web("db"), db: stored(ended), seed: stored({}) })).toMatchObject({ seed: "early" });
  expect(of({ web: web(), nightly: process({ schedule: "0 3 * * *" }) })).toEqual({ web: "beside" });
});

test("what a process writes: volumes and folders of the host by name, in every form; not what is read only, nobody's, or uploads", () => {
  const volumes = [
    "data:/data",
    "logs:/logs:rw,z",
    "fixed:/fixed:ro",
    "fixed:/fixed:z,ro",
    "/srv/files:/files",
    "/anonymous",
    "${NAME:-a:b}:/named",
    { type: "volume", source: "long", target: "/long" },
    { type: "volume", source: "fixed", target: "/x", read_only: true },
    { type: "bind", source: "/srv/more", target: "/more" },
    { type: "tmpfs", target: "/tmp" },
    { type: "volume", target: "/anonymous" },
    "uploads:/uploads",
  ];
  const media = { volume: "uploads", at: "/media/" };
  const shop = { routes: [], processes: { web: process({ compose: { volumes }, media }), none: process() } };
  expect(writtenPlaces("web", shop)).toEqual(["data", "logs", "/srv/files", "${NAME:-a:b}", "long", "/srv/more"]);
  expect(writtenPlaces("none", shop)).toEqual([]);
});
