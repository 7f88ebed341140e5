import { beforeEach, expect, test } from "vitest";
import { claim } from "./claim";
import type { Manifest } from "./manifest";
import { MemoryHost } from "./memory";
import { release } from "./release";
import { remove } from "./remove";

const image = `r/x@sha256:${"a".repeat(64)}`;
const manifest = (app: string): Manifest => ({
  version: 1,
  app,
  origin: { sequence: Date.UTC(2026, 0, 1), actor: "ana", commit: "abc" },
  processes: { web: { image, compose: {}, port: 8000, replicas: 1 } },
  routes: [{ host: `${app}.test`, process: "web" }],
  tls: { mode: "off" },
  environment: {},
  secrets: [],
  volumes: ["data"],
  keep: 3,
  limits: { health: 5, release: 60, drain: 10, settle: 0, watch: 2, lock: 5, wait: 1 },
});
const quiet = { wait: 1, pid: 7, say: () => {} };
let host: MemoryHost;

beforeEach(async () => {
  host = new MemoryHost();
  host.images.set(image, {});
  for (const app of ["shop", "blog"]) await release(host, manifest(app), { ...quiet, complain: () => {} });
});

const traces = () =>
  [...host.texts.keys(), ...host.links.keys()].filter(
    (path) => path.startsWith("/var/lib/slipway") && path.includes("shop"),
  );

test("takes one app away and leaves the other and the volumes", async () => {
  await remove(host, "shop", { ...quiet, volumes: false });
  expect(traces()).toEqual([]);
  expect(host.all.map(({ name }) => name)).toEqual(["blog-r1-web-1"]);
  expect([...host.networks]).toEqual(["slipway-blog"]);
  expect(host.configuration).not.toContain("shop");
  expect(host.configuration).toContain("http://blog.test");
  expect([...host.volumes]).toContain("shop_data");
});

test("takes images along that no other app needs", async () => {
  const own = `r/shop@sha256:${"b".repeat(64)}`;
  host.images.set(own, {});
  const next = {
    ...manifest("shop"),
    processes: { web: { ...manifest("shop").processes.web, image: own } },
  } as Manifest;
  await release(
    host,
    { ...next, origin: { sequence: Date.UTC(2026, 0, 2), actor: "ana" } },
    { ...quiet, complain: () => {} },
  );
  const said: string[] = [];
  await remove(host, "shop", { ...quiet, volumes: false, say: (line) => said.push(line) });
  expect([...host.present]).toEqual([image]);
  expect(said).toEqual(["shop is removed: 1 container stopped, 1 image removed, volumes kept"]);
});

test("takes the edge's logs along with the data, and no other app's", async () => {
  const logs = ["shop.log", "shop-2026-01-05T12-00-00.000.log.gz", "shop.test.log", "shop-2.log", "blog.log"];
  for (const name of logs) await host.files.write(`/var/log/caddy/${name}`, "x", 0o640);
  await remove(host, "shop", { ...quiet, volumes: true });
  expect(await host.files.list("/var/log/caddy")).toEqual(["blog.log", "shop-2.log"]);
});

test("killed before any effect, it can be done again", async () => {
  for (let at = 0; at < 40; at++) {
    host.killAfter = at;
    await remove(host, "shop", { ...quiet, volumes: true }).catch(() => {});
    host.revive();
    await remove(host, "shop", { ...quiet, volumes: true });
    expect(traces()).toEqual([]);
    expect(host.all.map(({ name }) => name)).toEqual(["blog-r1-web-1"]);
    await release(host, manifest("shop"), { ...quiet, complain: () => {} });
  }
});

test("leaves another stack's app alone, and says whose it is", async () => {
  await claim(host.files, "shop", "acme/main");
  await expect(remove(host, "shop", { ...quiet, volumes: true, stack: "acme/pr-7" })).rejects.toThrow(
    "app shop on this host belongs to stack acme/main; stack acme/pr-7 leaves it alone",
  );
  expect(host.all.map(({ name }) => name)).toContain("shop-r1-web-1");
  await remove(host, "shop", { ...quiet, volumes: false, stack: "acme/main" });
  expect(traces()).toEqual([]);
});
