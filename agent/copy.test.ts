import { beforeEach, expect, it } from "vitest";
import { claim } from "./claim";
import { copyDatabase } from "./copy";
import type { Manifest } from "./manifest";
import { type MemoryDatabase, MemoryHost } from "./memory";
import { release } from "./release";

const image = `r/x@sha256:${"a".repeat(64)}`;
const [source, target] = ["postgres://shop:p@db:5432/shop", "postgres://shop_pr_7:q@db:5432/shop_pr_7"];
const manifest = (app: string, url: string): Manifest => ({
  version: 1,
  app,
  origin: { sequence: Date.UTC(2026, 0, 1), actor: "ana", commit: "abc" },
  processes: { web: { image, compose: {}, port: 8000, replicas: 1 } },
  routes: [{ host: `${app}.test`, process: "web" }],
  tls: { mode: "off" },
  environment: { DATABASE_URL: url },
  secrets: ["DATABASE_URL"],
  volumes: [],
  database: { url: "DATABASE_URL" },
  keep: 3,
  limits: { health: 5, release: 60, drain: 10, settle: 0, watch: 2, lock: 5, wait: 1 },
});
const quiet = { wait: 1, pid: 7, say: () => {}, complain: () => {} };
const order = { from: "shop", stack: "acme/pr-7", url: target, scrub: " scrubbed" };
let host: MemoryHost;
const at = (url: string): Partial<MemoryDatabase> => host.databases.get(url) ?? {};

beforeEach(async () => {
  host = new MemoryHost();
  host.images.set(image, {});
  host.databases.set(source, { content: "all orders", size: 4e6, locked: new Set() });
  host.databases.set(target, { content: "", size: 0, locked: new Set() });
  await release(host, manifest("shop", source), quiet);
  await claim(host.files, "shop-pr-7", "acme/pr-7");
});

it("copies another app's data and scrubs it, and leaves no dump behind", async () => {
  expect(await copyDatabase(host, "shop-pr-7", order, quiet)).toBe("the data of shop, scrubbed: 4 MB");
  expect(at(target).content).toBe("all orders scrubbed");
  expect(at(source).content).toBe("all orders");
  expect([...host.texts.keys()].filter((path) => path.includes(".dump"))).toEqual([]);
});

it("leaves no dump behind where it fails either", async () => {
  at(target).down = "it is down";
  await expect(copyDatabase(host, "shop-pr-7", order, quiet)).rejects.toThrow("it is down");
  expect([...host.texts.keys()].filter((path) => path.includes(".dump"))).toEqual([]);
});

it("never replaces the data of an app that has been released, or another stack's", async () => {
  await release(host, manifest("shop-pr-7", target), quiet);
  at(target).content = "its own";
  expect(await copyDatabase(host, "shop-pr-7", order, quiet)).toBe(
    "shop-pr-7 has been released already: its data stays as it is",
  );
  expect(at(target).content).toBe("its own");
  await expect(copyDatabase(host, "shop-pr-7", { ...order, stack: "acme/pr-8" }, quiet)).rejects.toThrow(
    "belongs to stack acme/pr-7",
  );
});

it("says what there is nothing to copy from, or no room for", async () => {
  await expect(copyDatabase(host, "shop-pr-7", { ...order, from: "blog" }, quiet)).rejects.toThrow(
    "no release of blog is live",
  );
  at(source).size = 0;
  expect(await copyDatabase(host, "shop-pr-7", order, quiet)).toBe(
    "the database of shop has no table: there is nothing to copy",
  );
  at(source).size = 1e15;
  await expect(copyDatabase(host, "shop-pr-7", order, quiet)).rejects.toThrow("the disk has");
});
