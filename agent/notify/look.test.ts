import { beforeEach, describe, expect, it } from "vitest";
import { caddyfile } from "../caddyfile";
import { claim } from "../claim";
import { Failure } from "../failure";
import { type Row, writeRow } from "../ledger";
import { MemoryHost } from "../memory";
import { CADDYFILE, NOTIFY_DUE, NOTIFY_ORDERS } from "../paths";
import { writeLive, writeRecord } from "../record";
import { record } from "../record.examples";
import { status } from "../status";
import { begin, end, test } from "./listening";
import { look, type Send } from "./look";
import { type Channel, KINDS, type Order } from "./order";

const image = `registry.test/shop@sha256:${"a".repeat(64)}`;
const secret = "https://hooks.test/services/T0/B0/abcdef";
const ops: Order = {
  version: 1,
  stack: "slipway/prod",
  machine: true,
  on: [...KINDS],
  disk: 10,
  slack: { webhook: secret },
  email: { to: ["ops@test"], from: "slipway@test", server: "mail.test", port: 587, security: "starttls" },
};
const tenant: Order = {
  version: 1,
  stack: "slipway/pr-7",
  machine: false,
  on: [...KINDS],
  disk: 10,
  slack: { webhook: `${secret}7` },
};

let host: MemoryHost;
let sent: string[];
let calls: string[];
/** Ways that don't work, and why. */
const broken = new Map<Channel, string>();

const send: Send = async (order, channel, message) => {
  const why = broken.get(channel);
  if (why !== undefined) throw new Failure(why);
  sent.push(`${order.stack} ${channel}: ${message.title}`);
};
const tools = () => ({ files: host.files, systemctl: async (...argv: string[]) => void calls.push(argv.join(" ")) });
const told = async (whole = false) => {
  sent = [];
  const isAll = await look(host, { whole, send, say: () => {} });
  return { isAll, sent };
};

const enter = (app: string, release: number, result: Row["result"] = "live") =>
  writeRow(host.files, app, {
    release,
    at: new Date(host.now()).toISOString(),
    actor: "ana",
    sequence: 1,
    images: { web: image },
    milliseconds: 0,
    result,
  });

beforeEach(async () => {
  host = new MemoryHost();
  sent = [];
  calls = [];
  broken.clear();
  const shop = record({ processes: {}, routes: [] });
  await claim(host.files, "shop", "slipway/prod");
  await claim(host.files, "notes", "slipway/pr-7");
  await writeRecord(host.files, shop);
  await writeLive(host.files, "shop", { release: 3, sequence: 1 });
  await host.files.write(CADDYFILE, caddyfile([shop]), 0o644);
  await enter("shop", 3);
  await host.sleep(1);
});

describe("a release", () => {
  it("of a host on which nobody is told of anything leaves nothing behind", async () => {
    expect(await host.files.read(NOTIFY_DUE)).toBeUndefined();
    expect(await told()).toEqual({ isAll: true, sent: [] });
  });

  it("has its own stack's people told, each by all their ways, once", async () => {
    await begin(host, ops, tools());
    await begin(host, tenant, tools());
    await host.sleep(1);
    await host.files.remove(NOTIFY_DUE);
    await enter("shop", 4, "failed");
    await enter("notes", 1);
    expect(await host.files.read(NOTIFY_DUE)).toBe("");
    expect((await told()).sent.sort()).toEqual([
      "slipway/pr-7 slack: notes: release 1 is live",
      "slipway/prod email: shop: release 4 failed",
      "slipway/prod slack: shop: release 4 failed",
    ]);
    expect(await told()).toEqual({ isAll: true, sent: [] });
  });

  it("of before is not told, not even where settings change", async () => {
    await begin(host, ops, tools());
    expect((await told()).sent).toEqual([]);
    await host.sleep(1);
    await enter("shop", 4);
    await begin(host, { ...ops, on: ["release"] }, tools());
    expect((await told()).sent).toHaveLength(2);
    await begin(host, { ...ops, on: ["release"] }, tools());
    expect((await told()).sent).toEqual([]);
  });

  it("is told later by a way that doesn't work now, and the status says so meanwhile, without a secret", async () => {
    await begin(host, ops, tools());
    await told();
    await host.sleep(1);
    await enter("shop", 4);
    broken.set("slack", `no way to ${secret}`);
    expect(await told()).toEqual({ isAll: false, sent: ["slipway/prod email: shop: release 4 is live"] });
    await enter("shop", 5);
    expect(await told()).toEqual({ isAll: false, sent: ["slipway/prod email: shop: release 5 is live"] });
    const { notifications, problems } = await status(host);
    const since = new Date(host.now()).toISOString();
    expect(notifications).toMatchObject([{ failed: [{ channel: "slack", since, reason: "no way to ***" }] }]);
    expect(problems.join()).toContain("notifications of stack slipway/prod by slack can't be sent since 2026-01-01");
    broken.clear();
    expect(await told()).toEqual({
      isAll: true,
      sent: ["slipway/prod slack: shop: release 4 is live", "slipway/prod slack: shop: release 5 is live"],
    });
    expect((await status(host)).problems).toEqual([]);
  });
});

describe("a look", () => {
  it("at the whole host is taken every ten minutes, or when asked for", async () => {
    await begin(host, ops, tools());
    expect((await told()).sent).toEqual([]);
    host.free = 1e9;
    expect((await told()).sent).toEqual([]);
    expect((await told(true)).sent).toHaveLength(2);
    host.free = 50e9;
    await host.sleep(10 * 60_000);
    expect((await told()).sent).toEqual([
      "slipway/prod slack: over: the disk of host-1 is nearly full",
      "slipway/prod email: over: the disk of host-1 is nearly full",
    ]);
  });

  it("by one stack is not spoilt by another's broken order", async () => {
    await begin(host, ops, tools());
    await host.files.write(`${NOTIFY_ORDERS}/other.json`, "{", 0o600);
    await host.sleep(1);
    await enter("shop", 4);
    expect((await told()).sent).toHaveLength(2);
  });
});

describe("the order of a stack", () => {
  it("is kept where root alone reads it, and systemd waits for what there is to tell", async () => {
    await begin(host, ops, tools());
    expect(host.texts.get(`${NOTIFY_ORDERS}/slipway%2Fprod.json`)?.mode).toBe(0o600);
    expect(calls).toEqual([
      "daemon-reload",
      "enable --quiet slipway-notify.path slipway-notify.timer",
      "restart slipway-notify.path slipway-notify.timer",
    ]);
    calls = [];
    await begin(host, tenant, tools());
    expect(calls).toEqual([
      "enable --quiet slipway-notify.path slipway-notify.timer",
      "start slipway-notify.path slipway-notify.timer",
    ]);
  });

  it("goes without a trace, and with the last one its units", async () => {
    const before = [...host.texts.keys()].sort();
    await begin(host, ops, tools());
    await begin(host, tenant, tools());
    await told();
    calls = [];
    await end(host, tenant.stack, tools());
    expect(calls).toEqual([]);
    await end(host, ops.stack, tools());
    expect(calls).toEqual(["disable --quiet --now slipway-notify.path slipway-notify.timer", "daemon-reload"]);
    const left = [...host.texts.keys()].filter((path) => !path.startsWith("/run/slipway/")).sort();
    expect(left).toEqual(before);
    await end(host, ops.stack, tools());
  });
});

describe("a test", () => {
  const order = { actor: "ana", send, say: (line: string) => void sent.push(line) };

  it("goes every way, and says which don't work", async () => {
    await begin(host, ops, tools());
    broken.set("email", "connection refused");
    await expect(test(host, undefined, order)).rejects.toThrow("stack slipway/prod, email: connection refused");
    expect(sent).toEqual(["slipway/prod slack: a test, and it arrived", "stack slipway/prod, slack: sent"]);
  });

  it("that reaches nobody says what to do", async () => {
    await expect(test(host, undefined, order)).rejects.toThrow("nobody is told of anything on this host");
    await begin(host, ops, tools());
    await expect(test(host, "slipway/pr-9", order)).rejects.toThrow("by stack slipway/pr-9: slipway:notify in");
  });
});
