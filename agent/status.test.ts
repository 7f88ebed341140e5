import { beforeEach, describe, expect, test } from "vitest";
import { caddyfile } from "./caddyfile";
import { doorsOf } from "./doors";
import { writeRow } from "./ledger";
import { type MemoryContainer, MemoryHost } from "./memory";
import { appPaths, CADDYFILE } from "./paths";
import { type ReleaseRecord, writeLive, writeRecord } from "./record";
import { record } from "./record.examples";
import { allProblems, status } from "./status";
import { statusText } from "./status-text";

const image = `registry.test/shop@sha256:${"a".repeat(64)}`;
const other = `registry.test/shop@sha256:${"b".repeat(64)}`;
const NOON = Date.UTC(2026, 0, 1, 12);

let host: MemoryHost;

function container(name: string, changes: Partial<MemoryContainer> = {}, process = name.split("-")[2] ?? ""): void {
  host.all.push({
    id: name,
    name,
    image,
    port: undefined,
    writes: [],
    running: true,
    exitCode: 0,
    started: true,
    since: 0,
    stopped: false,
    labels: {
      "slipway.app": "shop",
      "slipway.release": /-r(\d+)-/.exec(name)?.[1] ?? "",
      "slipway.process": process,
    },
    ...changes,
  });
}

/** Release 3 of `shop` as a release leaves it: two replicas of web, a worker. */
async function live(one: ReleaseRecord): Promise<void> {
  await writeRecord(host.files, one);
  await writeLive(host.files, "shop", { release: 3, sequence: 1 });
  await writeRow(host.files, "shop", {
    release: 3,
    at: "2026-01-01T11:40:00.000Z",
    actor: "ana",
    sequence: 1,
    images: { web: image, worker: image },
    milliseconds: 9000,
    result: "live",
  });
  for (const { path } of doorsOf(one, () => "")) await host.files.write(path, "", 0o644);
  await host.files.write(CADDYFILE, caddyfile([one]), 0o644);
}

beforeEach(async () => {
  host = new MemoryHost();
  host.images.set(image, {});
  host.present.add(image);
  await live({
    ...record(),
    origin: { sequence: 1, actor: "ana", commit: "0123456789abcdef", run: "https://ci.test/7" },
  });
  container("shop-r3-web-1");
  container("shop-r3-web_2-1", {}, "web");
  container("shop-r3-worker-1");
});

const shop = async () => {
  const [found] = (await status(host)).apps;
  if (!found) throw new Error("no app");
  return found;
};

describe("an app that is well", () => {
  test("as data", async () => {
    expect(await status(host)).toEqual({
      name: "host-1",
      at: "2026-01-01T00:00:00.000Z",
      apps: [
        {
          app: "shop",
          release: 3,
          since: "2026-01-01T11:40:00.000Z",
          actor: "ana",
          commit: "0123456789abcdef",
          run: "https://ci.test/7",
          addresses: ["https://shop.test"],
          certificates: [{ name: "shop.test", issuer: "Test Authority", until: "2026-03-02T00:00:00.000Z" }],
          maintenance: false,
          processes: {
            web: { running: 2, wanted: 2, image, otherImages: [], restarts: 0, unhealthy: 0 },
            worker: { running: 1, wanted: 1, image, otherImages: [], restarts: 0, unhealthy: 0 },
          },
          oneOffs: [],
          strays: [],
          timers: [],
          snapshots: { count: 0 },
          problems: [],
        },
      ],
      services: expect.arrayContaining([
        { unit: "caddy.service", name: "the edge" },
        { unit: "docker.service", name: "Docker" },
      ]),
      edge: "as it should be",
      disk: { free: 50e9, size: 100e9, wanted: 200e6 },
      memory: { free: 1.5e9, size: 2e9 },
      notifications: [],
      problems: [],
    });
  });

  test("as text", async () => {
    expect(statusText(await status(host), NOON)).toEqual([
      "shop: release 3 is live since 2026-01-01 11:40:00 UTC, 20 minutes ago",
      "  by ana, commit 0123456789ab",
      "  https://ci.test/7",
      "  https://shop.test",
      "  certificate for shop.test by Test Authority, ends in 59 days",
      "  web     2 of 2 run  aaaaaaaaaaaa",
      "  worker  1 of 1 run  aaaaaaaaaaaa",
      "",
      "services: all 18 answer",
      "edge: as it should be",
      "disk: 50.0 GB free of 100.0 GB",
      "memory: 1.5 GB free of 2.0 GB",
    ]);
  });

  test("leaves everything as it was, but for a lock held for a moment", async () => {
    host.effects.length = 0;
    await status(host);
    expect(
      host.effects.filter(
        (effect) =>
          !/^(files\.(read|list)|services\.(states$|ask )|docker\.(containers|condition|image) |timers\.(list|idle)|disk$|machine$|edge\.certificate )/.test(
            effect,
          ),
      ),
    ).toEqual(["lock /run/slipway/shop.lock"]);
  });
});

describe("what is there besides", () => {
  test("a page for visitors, one-offs, snapshots, timers and a schedule", async () => {
    const { processes } = record().content;
    const worker = processes.worker;
    if (!worker) throw new Error("no worker");
    await live(
      record({
        processes: {
          ...processes,
          worker: { ...worker, follow: "registry.test/shop:main" },
          nightly: { ...worker, schedule: "0 3 * * *" },
        },
        delivery: { every: 60 },
      }),
    );
    host.timersOf.set("shop", { nightly: { argv: [] }, follow_tags: { argv: [] } });
    await host.files.write(appPaths("shop").maintenance, "page", 0o644);
    for (const name of ["1.dump", "3.dump", "3.dump.draft"]) {
      await host.files.write(`${appPaths("shop").snapshots}/${name}`, "", 0o600);
    }
    container("shop-r3-web-run-5f", {
      labels: {
        "slipway.app": "shop",
        "slipway.release": "3",
        "slipway.process": "web",
        "com.docker.compose.oneoff": "True",
      },
    });
    const found = await status(host);
    expect(found.apps[0]).toMatchObject({
      maintenance: true,
      oneOffs: ["shop-r3-web-run-5f"],
      snapshots: { count: 2, newest: 3, at: "2026-01-01T11:40:00.000Z" },
      timers: ["follow_tags", "nightly"],
      delivery: { every: 60 },
      problems: [],
    });
    expect(found.apps[0]?.processes.web?.running).toBe(2);
    expect(found.apps[0]?.processes.nightly).toMatchObject({ wanted: 0, schedule: "0 3 * * *" });
    expect(statusText(found, NOON).slice(1, -5)).toEqual([
      "  by ana",
      "  https://shop.test  (closed for maintenance)",
      "  certificate for shop.test by Test Authority, ends in 59 days",
      "  web      2 of 2 run    aaaaaaaaaaaa",
      "  worker   1 of 1 run    aaaaaaaaaaaa  follows shop:main",
      "  nightly  at 0 3 * * *  aaaaaaaaaaaa",
      "  one-offs: shop-r3-web-run-5f",
      "  the registry is asked for new images every 60 s",
      "  2 snapshots of the database, the newest before release 3 (2026-01-01 11:40:00)",
    ]);
  });
});

describe("what is not as it should be", () => {
  test("a registry that is asked for new images in vain", async () => {
    await live(record({ delivery: { every: 60 } }));
    const note = { since: "2026-01-01T11:00:00.000Z", reason: "the registry refuses the login of bot at ghcr.io" };
    await host.files.write(appPaths("shop").unanswered, JSON.stringify(note), 0o600);
    const [shop] = (await status(host)).apps;
    expect(shop?.delivery).toEqual({ every: 60, unanswered: note });
    expect(shop?.problems).toContain(
      "the registry is asked for new images in vain since 2026-01-01 11:00:00 UTC: the registry refuses the login of bot at ghcr.io",
    );
  });

  const stop = (name: string) => {
    for (const one of host.all) if (one.name === name) one.running = false;
  };

  test("a process that keeps crashing, and one that runs a foreign image", async () => {
    stop("shop-r3-web-1");
    for (const one of host.all) if (one.name === "shop-r3-worker-1") Object.assign(one, { image: other });
    const { processes, problems } = await shop();
    expect(processes).toMatchObject({
      web: { running: 1, restarts: 1 },
      worker: { otherImages: [other] },
    });
    expect(problems).toEqual([
      "web: 1 of 2 run; «slipway logs shop web» says why",
      `worker: runs ${other}, not the release's image; release again`,
    ]);
  });

  test("containers and a door that an interrupted release left; nothing of it while one is under way", async () => {
    container("shop-r4-web-1");
    for (const { path } of doorsOf({ ...record(), release: 4 }, () => "")) await host.files.write(path, "", 0o644);
    expect((await shop()).problems).toEqual([
      "shop-r4-web-1 runs beside the live release; «slipway repair shop» mends it, and so does the next release",
      "the edge leads to release 4, not to release 3; «slipway repair shop» mends it, and so does the next release",
    ]);
    const lock = await host.lock({ path: appPaths("shop").lock, wait: 0, owner: "bo, pid 9", onWait: () => {} });
    expect(await shop()).toMatchObject({ busy: "bo, pid 9", strays: ["shop-r4-web-1"], problems: [] });
    expect(statusText(await status(host), NOON)).toContain("  … under way: bo, pid 9");
    await lock.free();
    expect(await shop()).not.toHaveProperty("busy");
  });

  test("a newer release that failed, an edge changed by hand, a full disk, a timer that is gone", async () => {
    const worker = record().content.processes.worker;
    if (!worker) throw new Error("no worker");
    await live(record({ processes: { ...record().content.processes, nightly: { ...worker, schedule: "0 3 * * *" } } }));
    await writeRow(host.files, "shop", {
      release: 4,
      at: "2026-01-01T11:50:00.000Z",
      actor: "bo",
      sequence: 2,
      images: { web: other },
      result: "failed",
      step: "health",
      reason: "no answer",
    });
    await host.files.write(CADDYFILE, "by hand", 0o644);
    host.free = 1e8;
    const found = await status(host);
    expect(found.apps[0]?.tried).toEqual({
      release: 4,
      at: "2026-01-01T11:50:00.000Z",
      result: "failed",
      step: "health",
      reason: "no answer",
    });
    expect(allProblems(found)).toEqual([
      "shop: the timer nightly is missing; «slipway repair shop» mends it, and so does the next release",
      "shop: release 4 failed at «health»; «slipway releases shop 4» says why",
      "/etc/caddy/Caddyfile was changed by hand or written by another slipway; the next release writes it anew",
      "the disk has 100 MB free, and a release may want 200 MB, twice its image; make room: sudo docker builder prune; sudo docker image prune; sudo journalctl --vacuum-size=200M",
    ]);
    expect(statusText(found, NOON).slice(-8)).toEqual([
      "edge: not what the live releases call for",
      "disk: 100 MB free of 100.0 GB",
      "memory: 1.5 GB free of 2.0 GB",
      "! /etc/caddy/Caddyfile was changed by hand or written by another slipway; the",
      "  next release writes it anew",
      "! the disk has 100 MB free, and a release may want 200 MB, twice its image; make",
      "  room: sudo docker builder prune; sudo docker image prune; sudo journalctl",
      "  --vacuum-size=200M",
    ]);
  });

  test("an app without a live release, a host without apps, and an app that isn't there", async () => {
    await host.files.remove(appPaths("shop").live);
    host.all = [];
    expect((await shop()).problems).toEqual(["nothing is live"]);
    expect(statusText(await status(host), NOON)[0]).toBe("shop: nothing is live");
    await expect(status(host, "blog")).rejects.toThrow("there is no app blog on this host; it has: shop");
    expect((await status(host, "shop")).apps.map(({ app }) => app)).toEqual(["shop"]);
    await host.files.remove(appPaths("shop").folder);
    expect(statusText(await status(host), NOON)[0]).toBe("no app on this host");
  });
});

describe("what the machine lives by", () => {
  test("is told where it doesn't answer, and the rest of the host is still looked at", async () => {
    host.units.set("caddy.service", { active: "failed" });
    const found = await status(host);
    expect(allProblems(found)).toEqual(["the edge (caddy.service) has failed; «slipway repair» starts it"]);
    expect(statusText(found, NOON)).toEqual(
      expect.arrayContaining([
        "services: 17 of 18 answer",
        "! the edge (caddy.service) has failed; «slipway repair» starts it",
      ]),
    );
  });

  test("a timer that is on file and that systemd does not run is told", async () => {
    host.timersOf.set("shop", { follow: { argv: ["follow", "shop"] } });
    host.idleTimers.set("shop", ["follow"]);
    expect(allProblems(await status(host))).toEqual([
      "shop: the timer follow does not run; «slipway repair shop» mends it, and so does the next release",
    ]);
  });

  test("a Docker that is down is not asked for the apps' processes, of which nothing is said", async () => {
    host.units.set("docker.service", { answers: false });
    host.effects.length = 0;
    const found = await status(host);
    expect(allProblems(found)).toEqual([
      "Docker (docker.service) runs and does not answer: no answer within 5 s; «slipway repair» starts it",
    ]);
    expect(found.apps).toMatchObject([{ app: "shop", release: 3, processes: {}, strays: [] }]);
    expect(host.effects.filter((effect) => effect.startsWith("docker."))).toEqual([]);
  });
});
