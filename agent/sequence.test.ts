import { beforeEach, describe, expect, it, test } from "vitest";
import type { Manifest } from "./manifest";
import { MemoryHost } from "./memory";
import { appPaths, releasePaths } from "./paths";
import { readLive } from "./record";
import { release } from "./release";
import { repair, repairText } from "./repair";
import { planRollback, rollback } from "./rollback";
import { newestOf, TOLERANCE } from "./sequence";
import { status } from "./status";

const [SECOND, DAY, YEAR] = [1_000, 86_400_000, 365 * 86_400_000];
/** Past the last moment that a date can be (ECMA-262, "Time Values and Time Range"), and still a whole number. */
const HUGE = 9_007_199_254_740_991;
const image = (digit: number) => `registry.test/shop@sha256:${String(digit % 10).repeat(64)}`;

let host: MemoryHost;
let said: string[];
let count: number;

beforeEach(() => {
  host = new MemoryHost();
  said = [];
  count = 0;
  for (let digit = 0; digit < 10; digit++) host.images.set(image(digit), {});
});

/** A release of something new, asked for at this moment by the asker's clock. */
function asked(sequence: number, actor = "ana"): Manifest {
  count += 1;
  return {
    version: 1,
    app: "shop",
    origin: { sequence, actor },
    processes: { web: { image: image(count), compose: {}, port: 8000, health: "/up", replicas: 1 } },
    routes: [{ host: "shop.test", process: "web" }],
    tls: { mode: "off" },
    environment: {},
    secrets: [],
    volumes: [],
    keep: 5,
    limits: { health: 0.05, release: 60, drain: 10, settle: 0, watch: 0.5, lock: 5, wait: 1 },
  };
}

const options = () => ({
  wait: 1,
  pid: 7,
  say: (line: string) => void said.push(line),
  complain: (line: string) => void said.push(line),
});
const run = async (manifest: Manifest) => (await release(host, manifest, options())).result;
/** By a clock that is right, a second later. */
const inTime = () => {
  host.time += SECOND;
  return asked(host.time, "ci");
};
const back = async () => {
  const order = { app: "shop", currentEnvironment: false, actor: "bo", wait: 1, owner: "bo", say: () => {} };
  const plan = await planRollback(host, order);
  if (!plan) throw new Error("nothing to go back to");
  return (await rollback(host, plan, options())).result;
};

describe.each([
  ["a day ahead", DAY],
  ["a year ahead", YEAR],
  ["at no date at all", HUGE],
])("a clock that is %s", (_, off) => {
  const wrong = () => asked(Math.min(host.time + off, HUGE), "laptop");

  it("holds nobody up: its own releases, those of others and the way back all get through", async () => {
    expect(await run(inTime())).toBe("live");
    for (let round = 0; round < 2; round++) {
      said = [];
      expect(await run(wrong())).toBe("live");
      expect(said[0]).toMatch(/^! it says that it was asked for .* is wrong\. It counts as asked for now$/);
      expect(await run(inTime())).toBe("live");
    }
    expect(await run(wrong())).toBe("live");
    expect(await back()).toBe("live");
    expect(await run(inTime())).toBe("live");
    expect((await readLive(host.files, "shop"))?.sequence).toBeLessThanOrEqual(host.time);
  });

  it("is no harm where its release is killed midway", async () => {
    expect(await run(inTime())).toBe("live");
    host.effects.length = 0;
    await run(wrong());
    const effects = host.effects.length;
    for (let at = 0; at < effects; at += 5) {
      host = new MemoryHost();
      for (let digit = 0; digit < 10; digit++) host.images.set(image(digit), {});
      await run(inTime());
      host.killAfter = at;
      await run(wrong()).catch(() => {});
      host.revive();
      expect(repairText(await repair(host, { wait: 1, pid: 8 })).join("\n")).not.toContain("can't be mended");
      expect(await run(inTime()), `killed at ${at}`).toBe("live");
    }
  });

  it("is no harm where an older engine took its word", async () => {
    await run(inTime());
    const sequence = Math.min(host.time + off, HUGE);
    const path = releasePaths("shop", 1).record;
    const record = JSON.parse(host.texts.get(path)?.text ?? "");
    await host.files.write(path, JSON.stringify({ ...record, origin: { sequence, actor: "laptop" } }), 0o600);
    await host.files.write(appPaths("shop").live, JSON.stringify({ release: 1, sequence }), 0o644);
    // Interrupted, and so without a row.
    const half = releasePaths("shop", 2).record;
    await host.files.write(half, JSON.stringify({ ...record, release: 2, origin: { sequence, actor: "x" } }), 0o600);
    await host.files.remove(appPaths("shop").ledger);
    expect((await repair(host, { wait: 1, pid: 8 }))[0]?.mended).toContain(
      "release 2 was interrupted before the switch: it is undone",
    );
    expect((await status(host)).apps[0]?.release).toBe(1);
    expect(await run(inTime())).toBe("live");
    expect(await back()).toBe("live");
    expect(await run(inTime())).toBe("live");
  });
});

it("refuses a clock that is behind, and says by which clock and what to do", async () => {
  await run(inTime());
  said = [];
  expect(await run(asked(host.time - YEAR, "laptop"))).toBe("failed");
  expect(said.join("\n")).toMatch(
    /\(2025-01-01T00:00:01\.\d+Z\) is older than .* This host's clock says 2026-01-01T00:00:01\.\d+Z: if the clock of whoever asked is behind, set it and release again/,
  );
  expect(await back().catch((thrown: Error) => thrown.message)).toContain("no release of shop was live before");
});

it("never lets an older run overwrite a newer one, also where the runs' clock is a little ahead", async () => {
  const ahead = TOLERANCE - 10 * SECOND;
  await run(inTime());
  const [older, newer] = [asked(host.time + ahead), asked(host.time + ahead + SECOND)];
  expect(await run(newer)).toBe("live");
  expect(await run(older)).toBe("failed");
  // The way back is asked for here, so it gets through at once; others do as soon as the clocks can agree.
  expect(await back()).toBe("live");
  host.time += TOLERANCE;
  expect(await run(inTime())).toBe("live");
});

it("gets over an hour in which the host's own clock was a year ahead, or behind, and keeps the order of before", async () => {
  for (const jump of [YEAR, -YEAR]) {
    host = new MemoryHost();
    for (let digit = 0; digit < 10; digit++) host.images.set(image(digit), {});
    const older = inTime();
    expect(await run(inTime())).toBe("live");
    host.time += jump;
    // By the host's clock, as a command on the host without a sequence is.
    expect(await run(asked(host.time))).toBe("live");
    expect(await back()).toBe("live");
    host.time -= jump;
    expect(await run(inTime()), `${jump}`).toBe("live");
    expect(await run(older)).toBe("failed");
    expect(await back()).toBe("live");
  }
});

test("where the live release's moment says nothing, those of the ledger do", () => {
  const row = (sequence: number, result: "live" | "failed" = "live") => ({ sequence, result });
  expect(newestOf(5, [row(7)], 10)).toBe(5);
  expect(newestOf(HUGE, [row(7), row(HUGE), row(9, "failed")], 10)).toBe(7);
  expect(newestOf(HUGE, [], 10)).toBe(0);
  expect(newestOf(10 + TOLERANCE, [row(7)], 10)).toBe(10 + TOLERANCE);
});
