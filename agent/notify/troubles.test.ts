import { describe, expect, it } from "vitest";
import type { AppStatus, HostStatus, ProcessStatus } from "../status";
import { KINDS } from "./order";
import { type Sight, troublesOf } from "./troubles";

const NOON = Date.UTC(2026, 0, 10, 12);

const process = (more: Partial<ProcessStatus> = {}): ProcessStatus => ({
  running: 1,
  wanted: 1,
  image: "shop@sha256:a",
  otherImages: [],
  restarts: 0,
  unhealthy: 0,
  ...more,
});
const app = (more: Partial<AppStatus> = {}): AppStatus => ({
  app: "shop",
  stack: "slipway/prod",
  release: 3,
  addresses: [],
  certificates: [],
  maintenance: false,
  processes: { web: process() },
  oneOffs: [],
  strays: [],
  timers: [],
  snapshots: { count: 0 },
  problems: [],
  ...more,
});
const status = (apps: readonly AppStatus[], more: Partial<HostStatus> = {}): HostStatus => ({
  name: "host-1",
  at: new Date(NOON).toISOString(),
  apps,
  services: [],
  edge: "as it should be",
  disk: { free: 50e9, size: 100e9, wanted: 1e9 },
  memory: { free: 1e9, size: 2e9 },
  notifications: [],
  problems: [],
  ...more,
});
const owner: Sight["order"] = { stack: "slipway/prod", machine: true, on: [...KINDS], disk: 10 };
const tenant: Sight["order"] = { stack: "slipway/pr-7", machine: false, on: [...KINDS], disk: 10 };
const seen = (found: HostStatus, order = owner, more: Partial<Sight> = {}) =>
  troublesOf({ order, status: found, stacks: new Set([order.stack]), open: new Set(), now: NOON, ...more });
const titles = (...args: Parameters<typeof seen>) => seen(...args).map(({ title }) => title);

it("a host that is well has none", () => {
  expect(titles(status([app()]))).toEqual([]);
});

describe("what the machine lives by", () => {
  const down = status([], {
    services: [
      { unit: "caddy.service", name: "the edge", problem: "has failed" },
      { unit: "ssh.service", name: "SSH" },
    ],
  });

  it("is told as soon as it is down, with what starts it", () => {
    expect(seen(down)).toEqual([
      {
        key: "service caddy.service",
        kind: "health",
        urgent: true,
        title: "host-1: the edge (caddy.service) has failed",
        lines: ["Start it: sudo slipway repair", "Why: sudo journalctl -u caddy.service"],
      },
    ]);
  });

  it("is the machine's owner's matter", () => {
    expect(titles(down, tenant)).toEqual([]);
  });
});

describe("the disk", () => {
  const disk = (free: number, wanted = 1e9) => status([], { disk: { free, size: 100e9, wanted } });

  it("is nearly full below its limit, and mended some points above it", () => {
    expect(seen(disk(9.5e9))).toEqual([
      {
        key: "disk",
        kind: "disk",
        title: "the disk of host-1 is nearly full",
        lines: [
          "9.5 GB of 100.0 GB are free (9 %)",
          "On the host, make room: sudo docker builder prune; sudo docker image prune; sudo journalctl --vacuum-size=200M",
        ],
      },
    ]);
    expect(titles(disk(10.5e9))).toEqual([]);
    const open = new Set(["disk"]);
    expect(titles(disk(10.5e9), owner, { open })).toEqual(["the disk of host-1 is nearly full"]);
    expect(titles(disk(12e9), owner, { open })).toEqual([]);
  });

  it("is too full for the next release, however large it is", () => {
    expect(seen(disk(20e9, 30e9))[0]?.lines[1]).toBe("The next release may want 30.0 GB and would be refused.");
  });

  it("is its owner's alone", () => {
    expect(titles(disk(1e9), tenant)).toEqual([]);
  });
});

describe("a certificate", () => {
  const name = (until?: string) =>
    app({ certificates: [{ name: "shop.test", pending: "the name leads nowhere", ...(until && { until }) }] });

  it("that is missing, late or over is told with its reason", () => {
    expect(titles(status([name()]))).toEqual(["shop.test has no certificate"]);
    expect(titles(status([name("2026-01-14T13:00:00.000Z")]))).toEqual(["the certificate of shop.test ends in 4 days"]);
    expect(titles(status([name("2026-01-10T11:00:00.000Z")]))).toEqual(["the certificate of shop.test has ended"]);
    expect(seen(status([name()]))[0]?.lines[0]).toMatch(/^no certificate yet for shop.test: the name leads nowhere\./);
  });

  it("of a tenant who is told of nothing is the owner's business", () => {
    const theirs = { ...name(), stack: tenant.stack };
    expect(titles(status([theirs]))).toEqual(["shop.test has no certificate"]);
    const stacks = new Set([owner.stack, tenant.stack]);
    expect(titles(status([theirs]), owner, { stacks })).toEqual([]);
    expect(titles(status([theirs]), tenant, { stacks })).toEqual(["shop.test has no certificate"]);
  });
});

describe("an app", () => {
  const ill = app({ processes: { web: process({ running: 0 }), worker: process({ unhealthy: 1 }) } });

  it("of the stack's own that doesn't run, or not well", () => {
    expect(titles(status([ill]))).toEqual(["shop: web: 0 of 1 run", "shop: worker: 1 of 1 are not healthy"]);
    expect(titles(status([ill]), tenant)).toEqual([]);
    expect(titles(status([{ ...ill, stack: tenant.stack }]))).toEqual([]);
  });

  it("whose release is under way, or that has none, is left alone", () => {
    expect(titles(status([{ ...ill, busy: "ana" }]))).toEqual([]);
    const { release: _release, ...none } = ill;
    expect(titles(status([none]))).toEqual([]);
  });

  it("whose registry doesn't answer", () => {
    const unanswered = { since: "2026-01-10T09:00:00.000Z", reason: "403 Forbidden" };
    expect(seen(status([app({ delivery: { every: 60, unanswered } })]))).toMatchObject([
      { kind: "failure", lines: ["Since 2026-01-10 09:00:00 UTC: 403 Forbidden"] },
    ]);
  });

  it("whose newest snapshot is older than the order allows", () => {
    const old = app({ snapshots: { count: 2, at: "2026-01-02T12:00:00.000Z", expected: true } });
    const strict = { ...owner, snapshotDays: 7 };
    expect(titles(status([old]), strict)).toEqual(["shop: the newest snapshot of the database is from 8 days ago"]);
    expect(titles(status([old]))).toEqual([]);
    expect(titles(status([old]), { ...owner, snapshotDays: 8 })).toEqual([]);
    const none = app({ snapshots: { count: 0, expected: true } });
    expect(titles(status([none]), strict)).toEqual(["shop: there is no snapshot of the database"]);
    expect(titles(status([app()]), strict)).toEqual([]);
  });
});

it("are told of the kinds that were asked for alone", () => {
  const all = status([app({ processes: { web: process({ running: 0 }) } })], {
    disk: { free: 1e9, size: 100e9, wanted: 0 },
  });
  expect(seen(all, { ...owner, on: ["health"] }).map(({ kind }) => kind)).toEqual(["health"]);
});
