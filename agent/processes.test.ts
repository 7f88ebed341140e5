import { expect, test } from "vitest";
import type { Process } from "./manifest";
import { isLasting, isStopFirst } from "./processes";

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

test("workers stop first, and what the compose file says so of; nothing that a route leads to or that others wait for", () => {
  const names = Object.keys(manifest.processes);
  expect(names.filter((name) => isStopFirst(name, manifest))).toEqual(["worker", "queue"]);
  expect(isStopFirst("nobody", manifest)).toBe(false);
});

test("what runs all the time: neither what ends by itself nor what has a schedule", () => {
  const names = Object.keys(manifest.processes);
  expect(names.filter((name) => !isLasting(name, manifest))).toEqual(["seed", "nightly"]);
});
