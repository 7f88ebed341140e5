import { expect, test } from "vitest";
import { Manifest } from "./manifest";

const image = `registry.test/shop@sha256:${"a".repeat(64)}`;
const good = {
  version: 1,
  app: "shop",
  origin: { sequence: 1, actor: "ana" },
  processes: { web: { image, compose: {}, port: 8000, replicas: 1 }, worker: { image, compose: {}, replicas: 1 } },
  routes: [{ host: "shop.test", process: "web" }],
  tls: { mode: "off" },
  environment: {},
  secrets: [],
  volumes: [],
  limits: { health: 5, release: 60, drain: 10 },
};
const scheduled = (changes: object = {}) => ({ image, compose: {}, replicas: 1, schedule: "0 3 * * *", ...changes });
const mistakes = (changes: object) =>
  (Manifest.safeParse({ ...good, ...changes }).error?.issues ?? []).map(
    ({ path, message }) => `${path.join(".")}: ${message}`,
  );

test.each([
  [{}, []],
  [{ processes: {}, routes: [] }, ["processes: expected at least one process"]],
  [{ routes: [{ host: "a.test", process: "nope" }] }, ["routes.0.process: expected one of the processes: web, worker"]],
  [{ routes: [{ host: "a.test", process: "worker" }] }, ["processes.worker.port: a.test leads here: expected a port"]],
  [
    { routes: [{ ...good.routes[0], path: "/a/../b" }] },
    ["routes.0.path: expected a path without a final slash, e.g. /shop (A-Z a-z 0-9 . _ ~ -)"],
  ],
  [
    { processes: { ...good.processes, web: { ...good.processes.web, media: { volume: "films", at: "/films/" } } } },
    ["processes.web.media.volume: expected one of the volumes: there is none"],
  ],
  [
    { routes: [{ ...good.routes[0], strip: true }] },
    ["routes.0.path: strip and cookiePath go with a path: there is none here"],
  ],
  [{ routes: [good.routes[0], good.routes[0]] }, ["routes.1.host: shop.test stands twice"]],
  [{ release: { process: "nope", command: ["x"] } }, ["release.process: expected one of the processes: web, worker"]],
  [
    { routes: [{ host: "a.test {\n", process: "web" }] },
    ["routes.0.host: expected a host name in lower case, without scheme, port or path"],
  ],
  [{ environment: { A: "\0" } }, ["environment.A: no environment can hold a NUL byte"]],
  [{ processes: { ...good.processes, nightly: scheduled() } }, []],
  [
    { processes: { ...good.processes, nightly: scheduled({ schedule: "0 3 * *" }) } },
    ["processes.nightly.schedule: expected five fields or one of @hourly, @daily, @weekly, @monthly, @yearly"],
  ],
  [
    {
      processes: {
        web: scheduled({ port: 8000, health: "/up", static: { from: "/a", at: "/b/" }, replicas: 2 }),
        worker: { image, compose: { depends_on: ["web"] }, replicas: 1 },
      },
    },
    [
      "routes.0.process: web has a schedule: nobody answers there between its runs",
      "processes.web.port: a process with a schedule has none",
      "processes.web.health: a process with a schedule has none",
      "processes.web.static: a process with a schedule has none",
      "processes.web.replicas: a process with a schedule runs once at a time",
      "processes.worker.compose.depends_on: web has a schedule: nothing can wait for what runs at its times only",
    ],
  ],
  [{ stack: "shop/staging", processes: { web: { ...good.processes.web, grants: ["pid"] } } }, []],
  [
    { stack: "acme/shop/pr-7", processes: { web: { ...good.processes.web, grants: ["pid"] } } },
    ["processes.web.grants: the preview of a pull request gets no grants"],
  ],
  [{ app: "Shop" }, ["app: expected a-z, 0-9 and inner hyphens, at most 32"]],
])("%j", (changes, expected) => {
  expect(mistakes(changes)).toEqual(expected);
});
