import { beforeEach, describe, expect, it, test } from "vitest";
import { claim } from "./claim";
import { copyDatabase } from "./copy";
import { type Intent, openIntent, readIntent } from "./intent";
import { takeUpFirst, underLease } from "./lease";
import { inMaintenance, setMaintenance } from "./maintenance";
import type { Manifest } from "./manifest";
import { MemoryHost } from "./memory";
import { appPaths, INTENTS, intentPath } from "./paths";
import { release } from "./release";
import { remove } from "./remove";
import { repair } from "./repair";
import { restore } from "./restore";
import { readRestores } from "./restores";
import { status } from "./status";

const [OLD, NEW] = ["postgres://shop:old@db.test:5432/shop", "postgres://shop:new@db.test:5432/shop2"];
const COPY = "postgres://shop_pr_7:q@db.test:5432/shop_pr_7";
const image = `registry.test/shop@sha256:${"1".repeat(64)}`;
const folder = appPaths("shop").snapshots;
const pages = appPaths("shop").maintenance;

let host: MemoryHost;
let said: string[];
const say = (line: string) => void said.push(line);
const quiet = { wait: 1, pid: 7, say: (line: string) => say(line), complain: (line: string) => say(line) };

function manifest(sequence: number, changes: Partial<Manifest> = {}): Manifest {
  return {
    version: 1,
    app: "shop",
    origin: { sequence, actor: "ana" },
    processes: {
      web: { image, compose: {}, port: 8000, health: "/up", replicas: 1 },
      worker: { image, compose: {}, replicas: 1 },
    },
    routes: [{ host: "shop.test", process: "web" }],
    tls: { mode: "off" },
    environment: { DATABASE_URL: OLD },
    secrets: ["DATABASE_URL"],
    volumes: ["data"],
    database: { url: "DATABASE_URL" },
    keep: 3,
    limits: { health: 0.05, release: 60, drain: 10, settle: 0, watch: 0.5, lock: 5, wait: 1 },
    ...changes,
  };
}

const moving = (sequence: number) =>
  manifest(sequence, { environment: { DATABASE_URL: NEW }, move: { url: OLD, from: "host" } });

/** Release 1 of shop serves on its database; snapshot 1 is from before. */
async function begin(): Promise<void> {
  said = [];
  host = new MemoryHost();
  host.images.set(image, {});
  host.databases.set(OLD, { size: 20e6, content: "now", locked: new Set() });
  host.databases.set(NEW, { size: 0, content: "", locked: new Set() });
  host.databases.set(COPY, { size: 0, content: "", locked: new Set() });
  await release(host, manifest(1), quiet);
  await claim(host.files, "shop-pr-7", "acme/pr-7");
  await host.files.write(`${folder}/1.dump`, "then", 0o600);
  const note = { id: "1", at: "2025-12-01T00:00:00.000Z", actor: "ana", bytes: 3e6, live: 1 };
  await host.files.write(`${folder}/1.json`, JSON.stringify(note), 0o600);
  host.effects.length = 0;
  said = [];
}

const running = () => host.all.filter((one) => one.running).map(({ name }) => name);
const content = (url: string) => host.databases.get(url)?.content;
const both = (number: number) => [`shop-r${number}-web-1`, `shop-r${number}-worker-1`];

interface Case {
  /** Does it. */
  readonly run: () => Promise<unknown>;
  /** What must be true once what was cut off has been taken up. */
  readonly whole: () => void | Promise<void>;
}

/** Every kind that is recorded is killed everywhere. */
const cases: { readonly [K in Intent["kind"]]: Case } = {
  restore: {
    run: () => restore(host, "shop", "1", { ...quiet, actor: "bo" }),
    whole: async () => {
      expect(running()).toEqual(both(1));
      expect(["now", "then"]).toContain(content(OLD));
      // What is said of the database is so.
      const [row] = await readRestores(host.files, "shop");
      if (row) expect(content(OLD)).toBe(row.result === "restored" ? "then" : "now");
      else expect(content(OLD)).toBe("now");
      if (content(OLD) === "then") expect(host.texts.get(`${folder}/before-restore-1.dump`)?.text).toBe("now");
    },
  },
  move: {
    run: () => release(host, moving(2), quiet),
    whole: () => {
      const live = Number(host.serving("shop", "web"));
      expect(running()).toEqual(both(live));
      expect(content(OLD)).toBe("now");
      if (live === 2) expect(content(NEW)).toBe("now");
    },
  },
  copy: {
    run: () =>
      copyDatabase(host, "shop-pr-7", { from: "shop", stack: "acme/pr-7", url: COPY, scrub: " scrubbed" }, quiet),
    whole: () => {
      expect(running()).toEqual(both(1));
      expect(["", "now scrubbed"]).toContain(content(COPY));
      expect([...host.texts.keys()].filter((path) => path.includes("copy.dump"))).toEqual([]);
    },
  },
  remove: {
    run: () => remove(host, "shop", { ...quiet, volumes: true }),
    whole: async () => {
      const isGone = (await status(host)).apps.every(({ app }) => app !== "shop");
      if (!isGone) expect(running()).toEqual(both(1));
      else expect([host.all.length, host.volumes.size]).toEqual([0, 0]);
    },
  },
};

const closed = () => host.texts.has(pages);
const intents = () => [...host.texts.keys()].filter((path) => path.startsWith(INTENTS));

/** Kills an operation before each of its effects and has the next one come. */
async function killedEverywhere({ run, whole }: Case, next: (at: number) => Promise<void>): Promise<void> {
  await begin();
  await run();
  const effects = host.effects.length;
  expect(effects).toBeGreaterThan(10);
  for (let at = 0; at < effects; at++) {
    await begin();
    host.killAfter = at;
    await run().catch(() => {});
    host.revive();
    await next(at);
    const which = `killed at ${at}, before ${host.effects[at] ?? "?"}`;
    expect([closed(), intents()], which).toEqual([false, []]);
    await whole();
  }
}

describe.each(Object.entries(cases))("%s, killed before any of its effects", (kind, one) => {
  it("is said by status until a repair takes it up, which has nothing to mend the second time", async () => {
    await killedEverywhere(one, async (at) => {
      const problems = (await status(host)).apps.flatMap((app) => app.problems);
      // What was begun with an app of which nothing is left shows no more.
      const shows = intents().length > 0 && kind !== "remove";
      if (shows || intents().length === 0)
        expect(
          problems.filter((line) => line.includes("was cut off")),
          `killed at ${at}`,
        ).toHaveLength(shows ? 1 : 0);
      const first = await repair(host, { wait: 1, pid: 8 });
      expect(first.every(({ failed, underWay }) => failed === undefined && underWay === undefined)).toBe(true);
      const second = await repair(host, { wait: 1, pid: 8 });
      expect(second.flatMap(({ mended }) => mended)).toEqual([]);
    });
  });

  it("is taken up by a repair that is killed itself", async () => {
    await killedEverywhere(one, async (at) => {
      // Each time somewhere else.
      host.killAfter = (at * 7) % 40;
      await repair(host, { wait: 1, pid: 8 }).catch(() => {});
      host.revive();
      await repair(host, { wait: 1, pid: 9 });
    });
  });
});

test("the next release takes up what was cut off, says so, and goes live", async () => {
  await begin();
  await cases.restore.run();
  const effects = host.effects.length;
  for (let at = 0; at < effects; at++) {
    await begin();
    host.killAfter = at;
    await cases.restore.run().catch(() => {});
    host.revive();
    const begun = intents().length > 0;
    said = [];
    const outcome = await release(host, manifest(2, { environment: { DATABASE_URL: OLD, NEW: "1" } }), quiet);
    expect(outcome.result, `killed at ${at}`).toBe("live");
    expect(running()).toEqual(both(2));
    expect([closed(), intents()]).toEqual([false, []]);
    expect(said.some((line) => line.includes("the restore of snapshot 1 by bo was cut off"))).toBe(begun);
  }
});

describe("a restore that was cut off", () => {
  beforeEach(begin);

  const killedAt = async (effect: RegExp) => {
    host.onEffect = (name) => {
      if (effect.test(name)) host.killAfter = 0;
    };
    await cases.restore.run().catch(() => {});
    host.onEffect = () => {};
    host.revive();
  };
  const mended = async () => (await repair(host, { wait: 1, pid: 8, app: "shop" }))[0];

  it("is finished where the database was being replaced", async () => {
    await killedAt(/^database\.restore/);
    expect([closed(), running()]).toEqual([true, []]);
    expect((await mended())?.mended).toEqual([
      "the restore of snapshot 1 by bo was cut off: it is finished, the database is that of snapshot 1; " +
        "back to the state before: sudo slipway restore shop before-restore-1 --yes",
      "started shop-r1-web-1, shop-r1-worker-1 again",
      "its maintenance page was taken down",
    ]);
    expect(content(OLD)).toBe("then");
  });

  it("is not done once more where someone has started the app since: what it has written stays", async () => {
    await killedAt(/^database\.restore/);
    await host.docker.start("shop-r1-web-1");
    Object.assign(host.databases.get(OLD) ?? {}, { content: "written since" });
    expect((await mended())?.mended[0]).toContain(
      "the database is either as it was before or that of snapshot 1, whole in both cases " +
        "(shop-r1-web-1 was started since, and may have written to it)",
    );
    expect(content(OLD)).toBe("written since");
    expect(closed()).toBe(false);
  });

  it("stays for whoever comes next while the database doesn't answer", async () => {
    await killedAt(/^database\.restore/);
    Object.assign(host.databases.get(OLD) ?? {}, { down: "starting up" });
    expect((await mended())?.failed).toMatch(
      /^what was cut off of shop, a restore by bo .*, can't be taken up: .*starting up/,
    );
    Object.assign(host.databases.get(OLD) ?? {}, { down: undefined });
    expect((await mended())?.failed).toBeUndefined();
    expect([closed(), content(OLD)]).toEqual([false, "then"]);
  });

  it("leaves a page that was up before, and opens the app also where its containers are gone", async () => {
    await setMaintenance(host, "shop", true, "their own words");
    await killedAt(/^docker\.stop/);
    await mended();
    expect(await inMaintenance(host, "shop")).toBe(true);
    await begin();
    await killedAt(/^database\.restore/);
    host.all = [];
    expect((await mended())?.mended).toContain("its maintenance page was taken down");
  });
});

describe("taking up first, for a command without a lease", () => {
  beforeEach(begin);

  it("leaves an operation alone whose holder is at it", async () => {
    await openIntent(host.files, "shop", { kind: "copy", at: "2026-01-01T00:00:00.000Z", actor: "ana", from: "blog" });
    await host.lock({ path: appPaths("shop").lock, wait: 0, owner: "ana", onWait: () => {} });
    expect(await takeUpFirst(host, { app: "shop", owner: "bo", say })).toBe(true);
    expect(await readIntent(host.files, "shop")).toBeDefined();
    host.revive();
    expect(await takeUpFirst(host, { app: "shop", owner: "bo", say })).toBe(false);
    expect(await readIntent(host.files, "shop")).toBeUndefined();
  });
});

test.each([
  ["", "it is empty"],
  ["{", "it is not JSON, or was torn off"],
  ['{"kind":"launch"}', "kind: Invalid"],
  ["[9007199254740993e300]", "Invalid input"],
])("a record of intent that holds %j is one line with its path, and stops no other app", async (text, why) => {
  await begin();
  await host.files.write(intentPath("shop"), text, 0o600);
  const order = { app: "shop", wait: 1, owner: "ana", say };
  const failed = await underLease(host, order, async () => {}).catch((thrown: Error) => thrown.message);
  expect(failed).toContain(`${intentPath("shop")} is not what this slipway wrote: ${why}`);
  expect(failed).toContain("sudo slipway maintenance shop off), then remove the file");
  expect((await status(host)).apps.find(({ app }) => app === "shop")?.problems[0]).toContain(intentPath("shop"));
  const other = manifest(1, { app: "blog", routes: [{ host: "blog.test", process: "web" }] });
  expect((await release(host, other, quiet)).result).toBe("live");
});
