import { beforeEach, describe, expect, test } from "vitest";
import { Failure } from "./failure";
import { heldBecause } from "./held";
import type { Row } from "./ledger";
import type { Manifest } from "./manifest";
import { MemoryHost } from "./memory";
import { appPaths, releasePaths } from "./paths";
import { readEnvironment, readLive, readRecord } from "./record";
import { release } from "./release";
import { planRollback, type RollbackOrder, releaseBefore, rollback, rollbackText, sourceOf } from "./rollback";

const image = (digit: string) => `registry.test/shop@sha256:${digit.repeat(64)}`;

function manifest(digit: string, changes: Partial<Manifest> = {}): Manifest {
  return {
    version: 1,
    app: "shop",
    origin: { sequence: Number(digit), actor: "ana", commit: `commit-${digit}` },
    processes: { web: { image: image(digit), compose: {}, port: 8000, health: "/up", replicas: 1 } },
    routes: [{ host: "shop.test", process: "web" }],
    tls: { mode: "acme" },
    release: { process: "web", command: ["migrate"] },
    environment: { SECRET_KEY: `secret of ${digit}`, DEBUG: "0" },
    secrets: ["SECRET_KEY"],
    volumes: [],
    keep: 5,
    limits: { health: 5, release: 60, drain: 10, settle: 0, watch: 0, lock: 5, wait: 1 },
    ...changes,
  };
}

let host: MemoryHost;
let out: string[];
const options = () => ({
  wait: 1,
  pid: 7,
  say: (line: string) => out.push(line),
  complain: (line: string) => out.push(line),
});
const order = (changes: Partial<RollbackOrder> = {}): RollbackOrder => ({
  app: "shop",
  currentEnvironment: false,
  actor: "bo",
  wait: 1,
  owner: "bo",
  say: () => {},
  ...changes,
});

async function back(changes: Partial<RollbackOrder> = {}) {
  const plan = await planRollback(host, order(changes));
  if (!plan) throw new Error("nothing to do");
  return { plan, outcome: await rollback(host, plan, options()) };
}
const liveNow = async () => (await readLive(host.files, "shop"))?.release ?? 0;

beforeEach(async () => {
  host = new MemoryHost();
  out = [];
  for (const digit of ["1", "2", "3", "4"]) host.images.set(image(digit), {});
  for (const digit of ["1", "2", "3"]) await release(host, manifest(digit), options());
});

describe("which release is gone back to", () => {
  const row = (number: number, result: Row["result"], rest: Partial<Row> = {}): Row => ({
    release: number,
    at: "2026-01-01T00:00:00.000Z",
    actor: "ana",
    sequence: number,
    images: {},
    result,
    ...rest,
  });
  const origin = { sequence: 1, actor: "ana" };

  test("the last one that was live before", () => {
    const rows = [row(1, "live"), row(2, "live"), row(3, "failed"), row(4, "interrupted"), row(5, "live")];
    expect(releaseBefore(rows, { release: 5, origin })).toBe(2);
    expect(releaseBefore(rows, { release: 1, origin })).toBeUndefined();
  });

  test("after a rollback, one further back, and never the one that was left", () => {
    const rows = [row(1, "live"), row(2, "live"), row(3, "live"), row(4, "live", { rollback: 2 })];
    expect(releaseBefore(rows, { release: 4, origin: { ...origin, rollback: 2 } })).toBe(1);
  });

  test("a rollback to a rollback has the images of the first", () => {
    const rows = [row(1, "live"), row(2, "live"), row(3, "live", { rollback: 1 }), row(4, "live", { rollback: 3 })];
    expect([1, 2, 3, 4, 5].map((number) => sourceOf(rows, number))).toEqual([1, 2, 1, 1, 5]);
  });
});

describe("a rollback", () => {
  test("is a release of its own with the earlier one's images, variables and commit", async () => {
    const { plan, outcome } = await back();
    expect(outcome).toMatchObject({ release: 4, result: "live" });
    expect(rollbackText(plan)).toEqual([
      "back from release 3 to what release 2 was, commit commit-2",
      "variables that differ: SECRET_KEY; those of release 2 are taken (--current-env: the live ones)",
      "the release command is not run: the database stays as the newer releases left it",
      "release 3 ran the release command since; if release 2 can't live with the schema: there is no dump of the database from before release 3",
    ]);
    const record = await readRecord(host.files, "shop", 4);
    expect(record?.origin).toEqual({ sequence: host.now() - 0, actor: "bo", commit: "commit-2", rollback: 2 });
    expect(record?.content).toEqual((await readRecord(host.files, "shop", 2))?.content);
    expect(await readEnvironment(host.files, "shop", 4)).toEqual({ SECRET_KEY: "secret of 2", DEBUG: "0" });
    expect(host.serving("shop", "web")).toBe("4");
  });

  test("runs no release command, and the next release by anyone else runs it", async () => {
    host.effects.length = 0;
    await back();
    const ran = () => host.effects.filter((name) => name.startsWith("docker.runToEnd"));
    expect(ran()).toEqual([]);
    await release(host, manifest("4", { origin: { sequence: host.now(), actor: "ana" } }), options());
    expect(ran()).toEqual(["docker.runToEnd shop-r5-release_command-1"]);
  });

  test("can keep the live variables", async () => {
    const { plan } = await back({ to: 1, currentEnvironment: true });
    expect(rollbackText(plan)[1]).toBe("variables that differ: SECRET_KEY; the live ones are taken");
    expect(await readEnvironment(host.files, "shop", 4)).toEqual({ SECRET_KEY: "secret of 3", DEBUG: "0" });
    expect((await readRecord(host.files, "shop", 4))?.content.processes.web?.image).toBe(image("1"));
  });

  test("once more goes further back", async () => {
    await back();
    expect((await back()).plan.to).toBe(1);
  });

  test("names the dump from before the first release command since", async () => {
    for (const number of [2, 3])
      host.texts.set(`${appPaths("shop").snapshots}/${number}.dump`, { text: "", mode: 0o600 });
    const plan = await planRollback(host, order({ to: 1 }));
    expect(plan).toMatchObject({ migrated: [2, 3], snapshot: 2 });
    expect(plan && rollbackText(plan).at(-1)).toBe(
      "releases 2, 3 ran the release command since; if release 1 can't live with the schema: sudo slipway restore shop 2",
    );
  });

  test("to what is live is nothing", async () => {
    expect(await planRollback(host, order({ to: 3 }))).toBeUndefined();
  });

  test("that fails leaves what is live alone", async () => {
    host.images.set(image("2"), { crash: 1 });
    expect((await back()).outcome.result).toBe("failed");
    expect([await liveNow(), host.serving("shop", "web")]).toEqual([3, "3"]);
  });
});

describe("what can't be", () => {
  const changes = () => host.effects.filter((name) => /write|create|pull|start/.test(name));

  test("a release that is not on record: the others are named", async () => {
    await host.files.remove(releasePaths("shop", 1).folder);
    await expect(planRollback(host, order({ to: 1 }))).rejects.toThrow(
      "release 1 of shop is not on record; those that can be had: 2",
    );
  });

  test("an image that is neither here nor at the registry: nothing is touched", async () => {
    host.present.delete(image("1"));
    host.images.delete(image("1"));
    host.effects.length = 0;
    await expect(planRollback(host, order({ to: 1 }))).rejects.toThrow(
      `an image of release 1 is not on this host, and the registry doesn't give it: ${image("1")}: not found. Nothing was changed. ` +
        "Release the older commit anew, or take another release; those that can be had: 2, 1",
    );
    expect(changes()).toEqual([]);
  });

  test("a release from before its compose file was refused: said in one line, and nothing is touched", async () => {
    const { record: path } = releasePaths("shop", 1);
    const old = JSON.parse((await host.files.read(path)) ?? "");
    old.content.processes.web.compose = { cap_add: ["SYS_ADMIN"], volumes: ["/:/host"], links: ["db"] };
    await host.files.write(path, JSON.stringify(old), 0o600);
    host.effects.length = 0;
    const planned = planRollback(host, order({ to: 1 }));
    await expect(planned).rejects.toThrow(Failure);
    await expect(planned).rejects.toThrow(
      /^release 1 of shop asks for more of this host than an app may have; nothing was created\. process web: cap_add: [^\n]*; process web: volumes\[0\]: [^\n]*$/,
    );
    expect(changes()).toEqual([]);
  });

  test("an image that only the registry has is fetched again", async () => {
    host.present.delete(image("1"));
    expect((await back({ to: 1 })).outcome.result).toBe("live");
  });

  test("nothing before the first release, nothing without one", async () => {
    const other = new MemoryHost();
    await expect(planRollback(other, order())).rejects.toThrow("nothing of shop is live on this host");
    other.images.set(image("1"), {});
    await release(other, manifest("1"), options());
    await expect(planRollback(other, order())).rejects.toThrow("no release of shop was live before release 1");
  });

  test("live variables that the earlier release can't do without", async () => {
    const url = { database: { url: "DATABASE_URL" }, environment: { DATABASE_URL: "postgres://x" } };
    host.databases.set("postgres://x", { size: 1, content: "", locked: new Set() });
    await release(host, manifest("4", { ...url, origin: { sequence: 8, actor: "ana" } }), options());
    await release(host, manifest("1", { origin: { sequence: 9, actor: "ana" } }), options());
    await expect(planRollback(host, order({ to: 4, currentEnvironment: true }))).rejects.toThrow(
      /^release 4 can't be made again as asked:\n.*expected the name of a variable in environment/s,
    );
  });
});

describe("where the host follows tags", () => {
  const main = "registry.test/shop:main";
  const followed = (digit: string, sequence: number) =>
    manifest(digit, {
      origin: { sequence, actor: "tag main" },
      delivery: { every: 60 },
      processes: { web: { image: image(digit), follow: main, compose: {}, port: 8000, health: "/up", replicas: 1 } },
    });

  test("a rollback holds them, even to a release from before", async () => {
    await release(host, followed("4", 10), options());
    const { plan } = await back();
    expect(rollbackText(plan).at(-1)).toBe(
      "tags are not followed from now on, until another release or: sudo slipway follow shop --resume",
    );
    expect(await heldBecause(host, "shop")).toMatch(/^rollback to release 3 by bo, 2026-01-01 \d\d:\d\d:\d\d UTC$/);
    expect((await readRecord(host.files, "shop", 5))?.content).toMatchObject({
      delivery: { every: 60 },
      processes: { web: { image: image("3"), follow: main } },
    });
  });

  test("one that fails doesn't", async () => {
    await release(host, followed("4", 10), options());
    host.images.set(image("3"), { crash: 1 });
    expect((await back()).outcome.result).toBe("failed");
    expect(await heldBecause(host, "shop")).toBeUndefined();
  });
});
