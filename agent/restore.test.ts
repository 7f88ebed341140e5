import { beforeEach, describe, expect, test } from "vitest";
import { MemoryHost } from "./memory";
import { appPaths, releasePaths } from "./paths";
import { record } from "./record.examples";
import { mismatch, planRestore, restore } from "./restore";
import { readRestores } from "./restores";
import { readSnapshots, snapshotsText } from "./snapshots";

const URL = "postgres://shop:s3cretpassword@db/shop";
const image = `registry.test/shop@sha256:${"a".repeat(64)}`;
const folder = appPaths("shop").snapshots;

let host: MemoryHost;
let said: string[];

/** Release 3 serves, with one replica and a worker; snapshot 2 is from when release 1 was live, snapshot 3 from under release 2. */
beforeEach(async () => {
  host = new MemoryHost();
  said = [];
  host.images.set(image, {});
  host.databases.set(URL, { size: 20e6, content: "now", locked: new Set() });
  const made = record({
    database: { url: "DATABASE_URL" },
    processes: {
      web: { image, compose: {}, port: 8000, health: "/up", replicas: 1 },
      worker: { image, compose: {}, replicas: 1 },
    },
  });
  await host.files.write(releasePaths("shop", 3).record, JSON.stringify({ ...made, ports: { web: [20_000] } }), 0o600);
  await host.files.write(releasePaths("shop", 3).environment, `DATABASE_URL='${URL}'\n`, 0o600);
  await host.files.write(appPaths("shop").live, JSON.stringify({ release: 3, sequence: 1 }), 0o644);
  const note = (id: string, live: number) => ({
    id,
    at: `2025-12-0${id}T00:00:00.000Z`,
    actor: "ana",
    bytes: 3.2e6,
    live,
  });
  for (const [id, live] of [
    ["2", 1],
    ["3", 2],
  ] as const) {
    await host.files.write(`${folder}/${id}.dump`, `then ${id}`, 0o600);
    await host.files.write(`${folder}/${id}.json`, JSON.stringify(note(id, live)), 0o600);
  }
  for (const process of ["web", "worker"]) {
    const id = `shop-r3-${process}-1`;
    const labels = {
      "slipway.app": "shop",
      "slipway.release": "3",
      "slipway.process": process,
      "slipway.replica": "0",
    };
    const port = process === "web" ? 20_000 : undefined;
    host.all.push({
      id,
      name: id,
      labels,
      image,
      port,
      writes: [],
      running: true,
      exitCode: 0,
      started: true,
      since: 0,
      stopped: false,
    });
  }
  host.effects.length = 0;
});

const run = (id: string) => restore(host, "shop", id, { wait: 1, pid: 7, actor: "bo", say: (line) => said.push(line) });
const content = () => host.databases.get(URL)?.content;
const running = () => host.all.filter((one) => one.running).map(({ name }) => name);
const isClosed = () => host.texts.has(appPaths("shop").maintenance);

describe("a restore", () => {
  test("puts the database back while nothing runs, saves what it was, and brings the app back", async () => {
    host.onEffect = (name) => {
      if (!name.startsWith("database.restore") && !name.startsWith("database.dump")) return;
      expect(running()).toEqual([]);
      expect(isClosed()).toBe(true);
    };
    expect(await run("3")).toEqual({
      app: "shop",
      snapshot: "3",
      before: "before-restore-1",
      live: 3,
      seconds: 1,
      warning:
        "release 3 is live, and the snapshot is from when release 2 was live: what migrations did since then is undone. " +
        "Afterwards go back to the code of that time (sudo slipway rollback shop 2), or release again, which runs them anew",
    });
    expect(content()).toBe("then 3");
    expect(host.texts.get(`${folder}/before-restore-1.dump`)?.text).toBe("now");
    expect(running()).toEqual(["shop-r3-web-1", "shop-r3-worker-1"]);
    expect(isClosed()).toBe(false);
    expect(host.databases.get(URL)?.locked.size).toBe(0);
    expect(said).toEqual([
      "the database of shop back to snapshot 3: 3.2 MB, made 2025-12-03 00:00:00 UTC by ana",
      "  visitors see the maintenance page, and the app's containers stop",
      "  the database as it is now becomes snapshot before-restore-1",
      "  all that the app has in the database is replaced, whole or not at all",
      "  the containers start again, and visitors are let in",
      expect.stringMatching(/^! release 3 is live/),
      "✓ maintenance page 0.00 s",
      "✓ stop 0.00 s (2 containers)",
      "✓ save the present state 0.00 s (20 MB, snapshot before-restore-1)",
      "✓ restore 0.00 s",
      "✓ start again 0.00 s",
      "✓ health 1.00 s",
    ]);
    expect(await readRestores(host.files, "shop")).toEqual([
      {
        at: "2026-01-01T00:00:00.000Z",
        actor: "bo",
        snapshot: "3",
        before: "before-restore-1",
        live: 3,
        seconds: 1,
        result: "restored",
      },
    ]);
  });

  test("can be undone by another one, which fits the live release", async () => {
    await run("2");
    expect((await run("before-restore-1")).warning).toBeUndefined();
    expect(content()).toBe("now");
    expect(host.texts.get(`${folder}/before-restore-2.dump`)?.text).toBe("then 2");
  });

  test("leaves a maintenance page that was up before", async () => {
    await host.files.write(appPaths("shop").maintenance, "their own words", 0o644);
    await run("3");
    expect(host.texts.get(appPaths("shop").maintenance)?.text).toBe("their own words");
    expect(said).toContain("✓ maintenance page 0.00 s (it is up already, and stays so afterwards)");
  });

  test("ends one-off commands and doesn't start them again", async () => {
    const labels = { "slipway.app": "shop", "slipway.release": "3", "com.docker.compose.oneoff": "True" };
    host.all.push({ ...host.all[0], id: "shell", name: "shell", labels, port: undefined, running: true } as never);
    await run("3");
    expect(running()).toEqual(["shop-r3-web-1", "shop-r3-worker-1"]);
    expect(said).toContain("✓ stop 0.00 s (2 containers, 1 one-off command ended)");
  });
});

describe("refused before anything stops", () => {
  const asItWas = () => {
    expect(running()).toHaveLength(2);
    expect(content()).toBe("now");
    expect(host.effects.filter((name) => /^(docker\.stop|files\.write .*page)/.test(name))).toEqual([]);
  };

  test("no such snapshot", async () => {
    await expect(run("9")).rejects.toThrow(
      "shop has no snapshot 9; there are: 3, 2 («slipway restore shop --list» tells more)",
    );
    asItWas();
  });

  test("the database is down", async () => {
    Object.assign(host.databases.get(URL) ?? {}, { down: "connection refused" });
    await expect(run("3")).rejects.toThrow("the database can't be reached: connection refused");
    asItWas();
    expect((await readRestores(host.files, "shop"))[0]).toMatchObject({ result: "failed", snapshot: "3" });
  });

  test("the disk has no room for the present state", async () => {
    host.free = 21e6;
    await expect(run("3")).rejects.toThrow("the disk has 21 MB free, and a snapshot of the database may need 22 MB");
    asItWas();
  });

  test("someone migrates", async () => {
    host.databases.get(URL)?.locked.add("slipway:shop");
    await expect(run("3")).rejects.toThrow("another holds the lock slipway:shop");
    asItWas();
  });

  test("nothing is live", async () => {
    await host.files.remove(appPaths("shop").live);
    await expect(run("3")).rejects.toThrow("nothing of shop is live on this host");
  });

  test("the app has no database", async () => {
    await host.files.write(releasePaths("shop", 3).record, JSON.stringify(record()), 0o600);
    await expect(run("3")).rejects.toThrow("release 3 of shop has no database that slipway knows of");
  });
});

describe("what fails on the way brings the app back and says what the database holds", () => {
  const before = "state: the database is as it was before; mend the cause and try again";
  const after =
    "state: the database is that of snapshot 3; back to the state before: sudo slipway restore shop before-restore-1 --yes";
  test.each([
    ["files.write /var/lib/slipway/maintenance", "maintenance page: broken", before, "now"],
    ["docker.stop shop-r3-worker-1", "stop: broken", before, "now"],
    ["database.dump", "save the present state: broken", before, "now"],
    ["database.restore", "restore: broken", before, "now"],
    ["docker.start shop-r3-worker-1", "start again: broken", after, "then 3"],
  ])("%s", async (effect, reason, state, holds) => {
    host.broken.set(effect, "broken");
    await expect(run("3")).rejects.toThrow(`${reason}\n${state}`);
    expect(content()).toBe(holds);
    expect(running()).toContain("shop-r3-web-1");
    expect(isClosed()).toBe(false);
    expect(host.databases.get(URL)?.locked.size).toBe(0);
    expect((await readRestores(host.files, "shop")).at(-1)).toMatchObject({ result: "failed", actor: "bo" });
  });

  test("the live code is not healthy on it", async () => {
    host.onEffect = (name) => {
      if (name.startsWith("database.restore")) host.images.set(image, { answers: 500 });
    };
    await expect(run("3")).rejects.toThrow(
      `health: shop-r3-web-1 was not healthy within 5 s: GET /up answered 500\n${after}`,
    );
    expect(isClosed()).toBe(false);
  });

  test("no word holds the password", async () => {
    host.broken.set("database.restore", `FATAL: s3cretpassword is wrong`);
    await expect(run("3")).rejects.toThrow("restore: FATAL: *** is wrong");
    expect(JSON.stringify([...host.texts])).toContain("*** is wrong");
    expect([...host.texts].filter(([, { text }]) => text.includes("s3cretpassword")).map(([path]) => path)).toEqual([
      releasePaths("shop", 3).environment,
    ]);
  });
});

test("the list says what each snapshot is", async () => {
  await run("2");
  expect(snapshotsText(await readSnapshots(host.files, "shop"))).toEqual([
    "snapshot          when (UTC)           size    from              live then  who  reads back",
    "before-restore-1  2026-01-01 00:00:00  20 MB   before a restore  release 3  bo   not tried",
    "3                 2025-12-03 00:00:00  3.2 MB  before release 3  release 2  ana  not tried",
    "2                 2025-12-02 00:00:00  3.2 MB  before release 2  release 1  ana  not tried",
  ]);
});

test("a snapshot that a failed release took fits what is still live", async () => {
  const plan = await planRestore(host, "shop", "3");
  expect(mismatch({ ...plan, snapshot: { ...plan.snapshot, live: 3 } })).toBeUndefined();
});
