import { beforeEach, describe, expect, it } from "vitest";
import { Failure } from "./failure";
import type { Manifest } from "./manifest";
import { MemoryHost } from "./memory";
import { appPaths, intentPath, releasePaths } from "./paths";
import { readLive, readRecord } from "./record";
import { release } from "./release";
import { remove } from "./remove";
import { repair } from "./repair";
import { planRestore, restore } from "./restore";
import { planRollback } from "./rollback";
import { readSnapshots } from "./snapshots";
import { status } from "./status";

const URL = "postgres://shop:pw@db.test:5432/shop";
const image = (digit: number) => `registry.test/x@sha256:${String(digit).repeat(64)}`;
const shop = appPaths("shop");

let host: MemoryHost;

function manifest(app: string, sequence: number): Manifest {
  return {
    version: 1,
    app,
    origin: { sequence, actor: "ana" },
    processes: { web: { image: image(sequence), compose: {}, port: 8000, health: "/up", replicas: 1 } },
    routes: [{ host: `${app}.test`, process: "web" }],
    tls: { mode: "off" },
    environment: { DATABASE_URL: URL },
    secrets: ["DATABASE_URL"],
    volumes: [],
    database: { url: "DATABASE_URL" },
    keep: 5,
    limits: { health: 0.05, release: 60, drain: 10, settle: 0, watch: 0.5, lock: 5, wait: 1 },
  };
}
const quiet = { wait: 1, pid: 7, say: () => {}, complain: () => {} };

beforeEach(async () => {
  host = new MemoryHost();
  for (let digit = 1; digit < 6; digit++) host.images.set(image(digit), {});
  host.databases.set(URL, { size: 20e6, content: "now", locked: new Set() });
  for (const sequence of [1, 2]) await release(host, manifest("shop", sequence), quiet);
  await release(host, manifest("blog", 1), quiet);
  await host.files.write(`${shop.snapshots}/1.dump`, "then", 0o600);
  const note = { id: "1", at: "2025-12-01T00:00:00.000Z", actor: "ana", bytes: 3e6, live: 1 };
  await host.files.write(`${shop.snapshots}/1.json`, JSON.stringify(note), 0o600);
});

/** Every file that the engine keeps for an app and reads back. */
const files: Readonly<Record<string, string>> = {
  "live pointer": shop.live,
  "live record": releasePaths("shop", 2).record,
  "second place of both": shop.serving,
  "earlier record": releasePaths("shop", 1).record,
  ledger: shop.ledger,
  restores: shop.restores,
  "number of the last release": shop.number,
  "snapshot's note": `${shop.snapshots}/1.json`,
  intent: intentPath("shop"),
  move: shop.move,
  hold: shop.hold,
  unanswered: shop.unanswered,
  stack: shop.stack,
};

const spoilt: readonly string[] = [
  "",
  "{",
  "null",
  "[]",
  '"text"',
  "9007199254740993e300",
  '{"release":9007199254740991,"sequence":9007199254740991}',
  '{"release":"7","sequence":-1,"id":7,"at":7,"kind":"restore"}',
  '{"version":2,"apiVersion":"v1","kind":"List","items":[]}',
  "\u0000\u0001\ufffd",
];

/** What people and timers do with an app. Each ends well, or in one line for people. */
const commands: Readonly<Record<string, () => Promise<unknown>>> = {
  status: () => status(host),
  snapshots: () => readSnapshots(host.files, "shop"),
  restore: () => restore(host, "shop", "1", { ...quiet, actor: "bo" }),
  "plan of a restore": () => planRestore(host, "shop", "1"),
  rollback: () =>
    planRollback(host, { app: "shop", currentEnvironment: false, actor: "bo", wait: 1, owner: "bo", say: () => {} }),
  repair: () => repair(host, { wait: 1, pid: 8 }),
  release: () => release(host, manifest("shop", 3), quiet),
  "another app's release": () => release(host, manifest("blog", 4), quiet),
  remove: () => remove(host, "shop", { ...quiet, volumes: true }),
};

describe.each(Object.entries(files))("a %s that can't be read", (_, path) => {
  it.each(
    spoilt,
  )("and holds %j ends no command in anything but a line for people, and no other app stands still", async (text) => {
    for (const [name, command] of Object.entries(commands)) {
      await host.files.write(path, text, 0o600);
      const thrown = await command().then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (thrown !== undefined) {
        expect(thrown, `${name}: ${(thrown as Error).stack}`).toBeInstanceOf(Failure);
        expect((thrown as Failure).message.split("\n")).toHaveLength(1);
      }
      expect(host.serving("blog", "web"), name).toBeDefined();
      expect(host.configuration, name).toContain("http://blog.test");
      if (name === "another app's release") expect([thrown, host.serving("blog", "web")]).toEqual([undefined, "2"]);
      // Until it is removed.
      if (name !== "remove") expect(host.configuration, name).toContain("http://shop.test");
      host.revive();
    }
  });
});

it.each([
  "live pointer",
  "live record",
])("a %s that can't be read is written anew from its second place, and said", async (name) => {
  const path = files[name] ?? "";
  const before = [await readLive(host.files, "shop"), await readRecord(host.files, "shop", 2)];
  await host.files.write(path, "{", 0o600);
  const [seen] = (await status(host)).apps.filter(({ app }) => app === "shop");
  expect(seen?.release).toBe(2);
  expect(seen?.problems[0]).toBe(
    `${path} is not what this slipway wrote: it is not JSON, or was torn off. «sudo slipway repair shop» writes it anew if it can; ` +
      "if not, restore it from a backup, or remove the app and release it again",
  );
  const [, repaired] = await repair(host, { wait: 1, pid: 8 });
  expect(repaired?.mended[0]).toBe(
    `what says which release serves could not be read, and is written anew from ${shop.serving}: release 2`,
  );
  expect([await readLive(host.files, "shop"), await readRecord(host.files, "shop", 2)]).toEqual(before);
});
