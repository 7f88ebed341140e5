import { beforeEach, describe, expect, test, vi } from "vitest";
import { follow, isDue, NOT_THE_IMAGES } from "./follow";
import { heldBecause, hold } from "./held";
import { type Row, readLedger } from "./ledger";
import { keepLogin } from "./login";
import type { Manifest } from "./manifest";
import { MemoryHost } from "./memory";
import { readRecord } from "./record";
import { release, UNTIL_IT_STAYS } from "./release";
import { unansweredSince } from "./unanswered";

const image = (digit: string) => `registry.test/shop@sha256:${digit.repeat(64)}`;
const main = "registry.test/shop:main";
const login = { server: "registry.test", username: "u", password: "registry-password" };

const first: Manifest = {
  version: 1,
  app: "shop",
  origin: { sequence: 1, actor: "ana", commit: "abc" },
  registry: login,
  processes: {
    web: { image: image("1"), follow: main, compose: {}, port: 8000, health: "/up", replicas: 1 },
    cache: { image: image("9"), compose: {}, replicas: 1 },
  },
  routes: [{ host: "shop.test", process: "web" }],
  tls: { mode: "acme" },
  environment: { SECRET_KEY: "very secret" },
  secrets: ["SECRET_KEY"],
  volumes: [],
  delivery: { every: 60 },
  keep: 5,
  limits: { health: 5, release: 60, drain: 10, settle: 0, watch: 0, lock: 5, wait: 1 },
};

let host: MemoryHost;
let out: string[];
const options = (changes: { again?: boolean; resume?: boolean } = {}) => ({
  again: false,
  resume: false,
  pid: 7,
  say: (line: string) => out.push(line),
  complain: (line: string) => out.push(line),
  ...changes,
});

beforeEach(async () => {
  host = new MemoryHost();
  for (const digit of ["1", "2", "3", "9"]) host.images.set(image(digit), {});
  host.tags.set(main, image("1"));
  out = [];
  await release(host, first, options());
  await keepLogin(host, first);
  out = [];
});

describe("following", () => {
  test("says and does nothing while the tag stands where it stood", async () => {
    host.effects.length = 0;
    expect(await follow(host, "shop", options())).toBeUndefined();
    expect(out).toEqual([]);
    expect(host.effects.filter((name) => !/^(files\.(read|list)|docker\.(resolve|platform))/.test(name))).toEqual([]);
  });

  test("releases what a tag has moved to, with all else as it is", async () => {
    host.tags.set(main, image("2"));
    expect(await follow(host, "shop", options())).toMatchObject({ release: 2, result: "live" });
    const record = await readRecord(host.files, "shop", 2);
    expect(record?.origin).toMatchObject({ actor: "tag main" });
    expect(record?.content.processes).toEqual({
      ...first.processes,
      web: { ...first.processes.web, image: image("2") },
    });
    expect(await follow(host, "shop", options())).toBeUndefined();
  });

  test("leaves images alone that failed, until the tag moves or someone asks", async () => {
    host.tags.set(main, image("2"));
    host.images.set(image("2"), { crash: 1 });
    expect(await follow(host, "shop", options())).toMatchObject({ release: 2, result: "failed", step: "health" });
    expect(host.serving("shop", "web")).toBe("1");
    out = [];
    expect(await follow(host, "shop", options())).toBeUndefined();
    expect(out).toEqual([]);
    expect(await follow(host, "shop", options({ again: true }))).toMatchObject({ release: 3, result: "failed" });
    host.tags.set(main, image("3"));
    expect(await follow(host, "shop", options())).toMatchObject({ release: 4, result: "live" });
    expect((await readLedger(host.files, "shop")).map(({ result }) => result)).toEqual([
      "live",
      "failed",
      "failed",
      "live",
    ]);
  });

  test("leaves images alone that failed while it waited for another who looked at the same time", async () => {
    host.tags.set(main, image("2"));
    host.images.set(image("2"), { crash: 1 });
    const lock = host.lock.bind(host);
    vi.spyOn(host, "lock").mockImplementationOnce(async (request) => {
      expect(await follow(host, "shop", options())).toMatchObject({ release: 2, result: "failed" });
      return lock(request);
    });
    expect(await follow(host, "shop", options())).toBeUndefined();
    expect(await readLedger(host.files, "shop")).toHaveLength(2);
  });

  test("does nothing while it is held, and says why; goes on when asked to", async () => {
    await hold(host, "shop", "rollback to release 1 by bo");
    host.tags.set(main, image("2"));
    expect(await follow(host, "shop", options())).toBeUndefined();
    expect(out).toEqual([
      expect.stringMatching(
        /^shop follows no tag: rollback to release 1 by bo, 2026-.* UTC\. To follow again: sudo slipway follow shop --resume$/,
      ),
    ]);
    expect(await follow(host, "shop", options({ resume: true }))).toMatchObject({ release: 2, result: "live" });
    expect(await heldBecause(host, "shop")).toBeUndefined();
  });

  test("fails in one line where the registry doesn't answer, and nothing is written down", async () => {
    host.broken.set("docker.resolve", "registry.test: connection refused");
    await expect(follow(host, "shop", options())).rejects.toThrow("registry.test: connection refused");
    expect(await readLedger(host.files, "shop")).toHaveLength(1);
  });

  test("remembers since when it asks in vain, and forgets it when the registry answers", async () => {
    host.broken.set("docker.resolve", "the registry refuses the login of u at registry.test");
    await expect(follow(host, "shop", options())).rejects.toThrow("refuses the login");
    const first = await unansweredSince(host, "shop");
    expect(first?.reason).toContain("the registry refuses the login of u at registry.test");
    await expect(follow(host, "shop", options())).rejects.toThrow("refuses the login");
    expect(await unansweredSince(host, "shop")).toEqual(first);
    host.broken.clear();
    await follow(host, "shop", options());
    expect(await unansweredSince(host, "shop")).toBeUndefined();
  });

  test("is refused where nothing is to be followed", async () => {
    await expect(follow(new MemoryHost(), "shop", options())).rejects.toThrow("nothing of shop is live on this host");
    const { delivery: _delivery, ...still } = first;
    await release(host, { ...still, origin: { sequence: 2, actor: "ana" } }, options());
    await expect(follow(host, "shop", options())).rejects.toThrow("shop follows no tag on this host");
  });
});

describe("whether images are tried", () => {
  const images = { web: image("2") };
  const row = (number: number, at: number, changes: Partial<Row> = {}): Row => ({
    release: number,
    at: new Date(at * 1000).toISOString(),
    actor: "tag main",
    sequence: number,
    images,
    result: "failed",
    step: "health",
    ...changes,
  });
  const due = (rows: Row[], seconds = 1e6) => isDue(rows, { live: 3, images, now: seconds * 1000, every: 60 });

  test("yes the first time, no once they have failed by themselves", () => {
    expect(due([])).toBe(true);
    expect(due([row(4, 0)])).toBe(false);
    expect(due([row(4, 0, { images: { web: image("1") } })])).toBe(true);
    expect(due([row(4, 0, { result: "interrupted" })])).toBe(true);
  });

  test("yes once more when something else has gone live since", () => {
    expect(due([row(2, 0), row(3, 0, { result: "live", images: {} })])).toBe(true);
  });

  test("after a pause that doubles up to an hour where it was not their fault", () => {
    const pulls = (count: number) =>
      Array.from({ length: count }, (_, index) => row(4 + index, index, { step: "pull" }));
    expect([119, 120].map((seconds) => due(pulls(1), seconds))).toEqual([false, true]);
    expect([240, 241].map((seconds) => due(pulls(2), seconds))).toEqual([false, true]);
    expect([3608, 3609].map((seconds) => due(pulls(10), seconds))).toEqual([false, true]);
  });

  test("the steps before an image runs are steps of a release", () => {
    const steps = UNTIL_IT_STAYS.map(({ name }) => name);
    const command = steps.indexOf("release command");
    for (const step of NOT_THE_IMAGES) {
      expect(steps.indexOf(step), step).toBeGreaterThanOrEqual(0);
      expect(steps.indexOf(step), step).toBeLessThan(command);
    }
  });
});
