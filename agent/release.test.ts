import { beforeEach, describe, expect, test } from "vitest";
import { Failure } from "./failure";
import type { Manifest } from "./manifest";
import { MemoryHost } from "./memory";
import type { Outcome } from "./outcome";
import { releasePaths } from "./paths";
import { release } from "./release";
import { repair } from "./repair";

const image = (digit: string) => `registry.test/shop@sha256:${digit.repeat(64)}`;

function manifest(digit: string, changes: Partial<Manifest> = {}): Manifest {
  return {
    version: 1,
    app: "shop",
    origin: { sequence: Number(digit), actor: "ana", commit: "abc", run: "https://ci.test/1" },
    registry: { server: "registry.test", username: "u", password: "registry-password" },
    processes: {
      web: {
        image: image(digit),
        compose: {},
        port: 8000,
        health: "/up",
        replicas: 1,
        static: { from: "/s", at: "/s/" },
      },
      worker: { image: image(digit), compose: { command: ["work"] }, replicas: 1 },
    },
    routes: [{ host: "shop.test", process: "web" }],
    tls: { mode: "acme" },
    release: { process: "web", command: ["migrate"] },
    environment: { SECRET_KEY: "very secret", DEBUG: "0" },
    secrets: ["SECRET_KEY"],
    volumes: ["data"],
    keep: 3,
    limits: { health: 5, release: 60, drain: 10, settle: 0, watch: 2, lock: 5, wait: 1 },
    ...changes,
  };
}

let host: MemoryHost;
let out: string[];
let err: string[];

async function run(asked: Manifest): Promise<Outcome["result"]> {
  out = [];
  err = [];
  const say = (line: string) => out.push(line);
  const complain = (line: string) => err.push(line);
  return (await release(host, asked, { wait: 1, pid: 7, say, complain })).result;
}

const ledger = () =>
  (host.texts.get("/var/lib/slipway/apps/shop/ledger.jsonl")?.text ?? "")
    .trim()
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
const names = () => host.all.map(({ name, running }) => `${name}${running ? "" : " stopped"}`).sort();

beforeEach(() => {
  host = new MemoryHost();
  for (const digit of ["1", "2", "3"]) host.images.set(image(digit), {});
});

test("nothing of an app's but what the edge serves can be read by others than root", async () => {
  for (const digit of ["1", "2", "x", "3"])
    await run(manifest(digit === "x" ? "3" : digit, digit === "x" ? { app: "bad" } : {}));
  const open = [...host.texts].filter(
    ([path, { mode }]) => path.startsWith("/var/lib/slipway/apps/") && (mode & 0o077) !== 0,
  );
  const served = open.filter(([path]) => /\/releases\/\d+\/static\//.test(path));
  expect(served.length).toBeGreaterThan(0);
  expect(open.map(([path]) => path)).toEqual(served.map(([path]) => path));
});

describe("a good release", () => {
  test("the first one", async () => {
    expect(await run(manifest("1"))).toBe("live");
    expect(err).toEqual([]);
    expect(out).toEqual([
      "✓ fence 0.00 s",
      "✓ lay out 0.00 s",
      "✓ disk guard 0.00 s",
      "✓ pull 0.00 s",
      "✓ create 0.00 s",
      "✓ static files 0.00 s",
      "✓ release command 0.00 s",
      "✓ start 0.00 s",
      "✓ health 0.00 s",
      "✓ edge 0.00 s (https://shop.test)",
      "✓ workers 1.00 s",
      "✓ watch 2.00 s",
      "✓ schedules 0.00 s",
      "✓ certificates 0.00 s",
      "release 1 of shop is live: https://shop.test",
    ]);
    expect(names()).toEqual(["shop-r1-web-1", "shop-r1-worker-1"]);
    expect(host.serving("shop", "web")).toBe("1");
    expect(ledger()).toEqual([
      {
        release: 1,
        at: "2026-01-01T00:00:00.000Z",
        actor: "ana",
        commit: "abc",
        run: "https://ci.test/1",
        sequence: 1,
        images: { web: image("1"), worker: image("1") },
        milliseconds: 3000,
        result: "live",
      },
    ]);
  });

  test("the effects that matter come in order", async () => {
    await run(manifest("1"));
    host.effects.length = 0;
    await run(manifest("2"));
    const matter =
      /^(docker\.(pull|create|runToEnd|start|stop)|edge|files\.write .*(env|ports|live\.json)|probe|files\.append .*jsonl)/;
    const seen = host.effects.filter((name) => matter.test(name)).map((name) => name.replace(/ .*\//, " "));
    expect([...new Set(seen)]).toEqual([
      `docker.pull shop@sha256:${"2".repeat(64)}`,
      "files.write 999998-20000.ports",
      "edge.load",
      "files.write env",
      "docker.create shop-r2",
      "docker.runToEnd shop-r2-release_command-1",
      "probe 20000",
      "docker.start shop-r2-web-1",
      "probe 20001",
      "files.write 999997-20001.ports",
      "files.write live.json",
      "docker.stop shop-r1-worker-1",
      "docker.start shop-r2-worker-1",
      "docker.stop shop-r1-web-1",
      "edge.certificate shop.test",
      "files.append ledger.jsonl",
    ]);
    expect(names()).toEqual(["shop-r2-web-1", "shop-r2-worker-1"]);
  });

  test("no moment without an answer", async () => {
    await run(manifest("1"));
    host.onEffect = (name) => expect(host.serving("shop", "web"), name).toMatch(/^[12]$/);
    expect(await run(manifest("2"))).toBe("live");
    expect(host.serving("shop", "web")).toBe("2");
  });

  test("the same again does nothing, and its newer sequence counts for the fence", async () => {
    await run(manifest("1"));
    expect(await run(manifest("1", { origin: { sequence: 9, actor: "bo" } }))).toBe("unchanged");
    expect(out).toEqual([
      "nothing to do: release 1 is already live with the same content",
      "release 1 of shop is live: https://shop.test",
    ]);
    expect(await run(manifest("2"))).toBe("failed");
    expect(err.join("\n")).toContain("failed at step «fence»");
  });

  test("a changed secret is a release; a container that is gone too", async () => {
    await run(manifest("1"));
    await run(manifest("1", { environment: { SECRET_KEY: "another one", DEBUG: "0" } }));
    expect(out.at(-1)).toBe("release 2 of shop is live: https://shop.test");
    host.all = host.all.filter(({ name }) => !name.includes("worker"));
    await run(manifest("1", { environment: { SECRET_KEY: "another one", DEBUG: "0" } }));
    expect(out.at(-1)).toBe("release 3 of shop is live: https://shop.test");
  });

  test("static files of the release before stay reachable for one release", async () => {
    const links = () => [...host.links.values()];
    await run(manifest("1"));
    await run(manifest("2"));
    expect(links()).toEqual([1, 2].map((number) => releasePaths("shop", number).static("web")));
    await run(manifest("3"));
    expect(links()).toEqual([2, 3].map((number) => releasePaths("shop", number).static("web")));
  });
});

describe("secrets", () => {
  test("a secret of any size leaves no release unsaid, nor any other secret in clear", async () => {
    const account = JSON.stringify({ private_key: "-----\n".concat("a/b+c=".repeat(10_000)), type: "x" }, null, 2);
    const lines = [`key is very secret`, encodeURIComponent(account), `Basic ${btoa("shop:very secret")}`];
    host.images.set(image("1"), { crash: 1, lines });
    const environment = { SECRET_KEY: "very secret", ACCOUNT: account };
    expect(await run(manifest("1", { environment, secrets: ["SECRET_KEY", "ACCOUNT"] }))).toBe("failed");
    const said = [...out, ...err].join("\n");
    expect(said).toContain("key is ***");
    expect(said).not.toMatch(/very secret|a%2Fb|dmVyeSBzZWNyZXQ|c2hvcDp2ZXJ5/);
  });

  test("of a mistake of ours the ledger and whoever watches are told the kind, not what it quotes", async () => {
    host.docker.create = async () => {
      throw new TypeError("terces yrev can't be read");
    };
    await expect(run(manifest("1"))).rejects.toThrow(TypeError);
    expect(ledger()).toMatchObject([{ result: "failed", step: "create", reason: "a bug: TypeError" }]);
    expect([...out, ...err].join("\n")).not.toContain("terces");
  });

  test("lie in the env file and nowhere else", async () => {
    host.images.set(image("1"), { lines: ["key is very secret"] });
    await run(manifest("1"));
    const holding = [...host.texts].filter(([, { text }]) => /very secret|registry-password/.test(text));
    expect(holding.map(([path, { mode }]) => [path, mode])).toEqual([[releasePaths("shop", 1).environment, 0o600]]);
    expect(out).toContain("  | key is ***");
    expect(out.join("\n")).not.toContain("very secret");
  });
});

const database = () => ({ size: 20e6, content: "rows", locked: new Set<string>() });
const withDatabase: Partial<Manifest> = {
  environment: { SECRET_KEY: "very secret", DATABASE_URL: "postgres://db.test/shop" },
  database: { url: "DATABASE_URL" },
  snapshot: { keep: 2, limit: 100 },
};

const failures: {
  name: string;
  step: string;
  reason: string;
  set: (host: MemoryHost) => void;
  asked?: Partial<Manifest>;
  /** Whether the traffic has moved by then. */
  late?: boolean;
}[] = [
  { name: "ports", step: "lay out", reason: "in use", set: (it) => it.broken.set("portFree", "in use") },
  {
    name: "disk full",
    step: "lay out",
    reason: "no space",
    set: (it) => it.broken.set("files.write /var/lib/slipway/apps/shop/releases/2/env", "no space"),
  },
  {
    name: "disk too small",
    step: "disk guard",
    reason: "the disk has 150 MB free of 100.0 GB, and this release wants 200 MB",
    set: (it) => {
      it.free = 150e6;
    },
  },
  {
    name: "disk full while it is pulled",
    step: "pull",
    reason: "the disk is nearly full (0 KB free)",
    set: (it) => {
      it.free = 300e6;
      it.images.set(image("2"), { size: 400e6 });
    },
  },
  {
    name: "another processor",
    step: "pull",
    reason: "is for linux/arm64, and this host is linux/amd64",
    set: (it) => it.images.set(image("2"), { platform: "linux/arm64" }),
  },
  {
    name: "healthy, then dying",
    step: "watch",
    reason: "-1 ended with exit code 1 soon after its start",
    set: (it) => it.images.set(image("2"), { dies: 1500 }),
    late: true,
  },
  {
    name: "healthy, then not",
    step: "watch",
    reason: "shop-r2-web-1 was healthy and is not any more: GET /up answered 503",
    set: (it) => {
      it.onEffect = (name) => {
        if (/^files.write .*live.json/.test(name)) it.images.set(image("2"), { answers: 503 });
      };
    },
    late: true,
  },
  {
    name: "worker crashes",
    step: "workers",
    reason: "shop-r2-worker-1 ended with exit code 9",
    set: (it) => {
      it.images.set(image("3"), { crash: 9 });
    },
    asked: {
      processes: {
        web: { image: image("2"), compose: {}, port: 8000, health: "/up", replicas: 1 },
        worker: { image: image("3"), compose: {}, replicas: 1 },
      },
    },
    late: true,
  },
  {
    name: "tag gone",
    step: "images",
    reason: "registry.test/shop:main: not found",
    set: () => {},
    asked: {
      delivery: { every: 60 },
      processes: { web: { image: "registry.test/shop:main", compose: {}, port: 8000, health: "/up", replicas: 1 } },
    },
  },
  {
    name: "database down",
    step: "database",
    reason: "the app's database did not answer within 60 s: the database can't be reached: connection refused",
    set: (it) => it.databases.set("postgres://db.test/shop", { ...database(), down: "connection refused" }),
    asked: withDatabase,
  },
  {
    name: "database locked by another",
    step: "release command",
    reason: "another holds the lock slipway:shop",
    set: (it) => it.databases.set("postgres://db.test/shop", { ...database(), locked: new Set(["slipway:shop"]) }),
    asked: withDatabase,
  },
  { name: "image gone", step: "pull", reason: "not found", set: (it) => it.images.delete(image("2")) },
  {
    name: "compose refuses",
    step: "create",
    reason: "bad word",
    set: (it) => it.broken.set("docker.create", "bad word"),
  },
  {
    name: "no such folder",
    step: "static files",
    reason: "no folder",
    set: (it) => it.broken.set("docker.copyOut", "no folder"),
  },
  {
    name: "migration fails",
    step: "release command",
    reason: "«migrate» ended with exit code 3",
    set: (it) => it.images.set(image("2"), { releaseCode: 3 }),
  },
  {
    name: "can't start",
    step: "start",
    reason: "exec format error",
    set: (it) => it.broken.set("docker.start", "exec format error"),
  },
  {
    name: "crashes",
    step: "health",
    reason: "ended with exit code 7",
    set: (it) => it.images.set(image("2"), { crash: 7 }),
  },
  {
    name: "never healthy",
    step: "health",
    reason: "GET /up answered 500",
    set: (it) => it.images.set(image("2"), { answers: 500 }),
  },
  {
    name: "edge refuses",
    step: "edge",
    reason: "ambiguous",
    set: (it) => failOnce(it, "edge.load", 2, "ambiguous"),
    asked: { routes: [{ host: "new.shop.test", process: "web" }] },
  },
  {
    name: "pointer not written",
    step: "edge",
    reason: "no space",
    set: (it) => it.broken.set("files.write /var/lib/slipway/apps/shop/live.json", "no space"),
  },
  {
    name: "host taken",
    step: "lay out",
    reason: "already leads to app blog",
    set: () => {},
    asked: { routes: [{ host: "blog.test", process: "web" }] },
  },
];

/** Breaks an effect at its nth call from now only. */
function failOnce(it: MemoryHost, effect: string, nth: number, why: string): void {
  let seen = 0;
  it.onEffect = (name) => {
    if (name === effect && ++seen === nth) it.broken.set(effect, why);
    else it.broken.delete(effect);
  };
}

describe("a release that fails leaves the old one serving", () => {
  test.each(failures)("$name", async ({ step, reason, set, asked, late = false }) => {
    await run(manifest("1", { app: "blog", routes: [{ host: "blog.test", process: "web" }] }));
    await run(manifest("1"));
    const before = { names: names(), configuration: host.configuration };
    host.images.set(image("2"), { lines: ["very secret line"] });
    set(host);
    if (host.images.get(image("2"))?.lines === undefined && host.images.has(image("2"))) {
      host.images.set(image("2"), { ...host.images.get(image("2")), lines: ["very secret line"] });
    }
    expect(await run(manifest("2", asked))).toBe("failed");
    host.onEffect = () => {};
    host.broken.clear();
    expect(out.at(-1)).toMatch(new RegExp(`^✗ ${step} `));
    expect(err.join("\n")).toContain(`slipway: release 2 of shop failed at step «${step}»: `);
    expect(err.join("\n")).toContain(reason);
    const serves = late ? "the traffic was led back to release 1, which serves" : "release 1 keeps serving";
    expect(err).toContain(`state: ${serves} https://shop.test; nothing of release 2 is left running`);
    expect([...out, ...err].join("\n")).not.toContain("very secret");
    expect(names()).toEqual(before.names);
    expect(host.configuration).toBe(before.configuration);
    expect(host.serving("shop", "web")).toBe("1");
    expect([...host.texts.keys()].filter((path) => path.includes("/releases/2/"))).toEqual([]);
    expect(ledger().at(-1)).toMatchObject({ release: 2, result: "failed", step });
    host.free = 50e9;
    host.images.set(image("3"), {});
    expect(await run(manifest("3"))).toBe("live");
    expect(host.serving("shop", "web")).toBe("3");
  });

  test("the failing container's last lines are shown", async () => {
    host.images.set(image("1"), { crash: 1, lines: ["boom", "key very%20secret"] });
    await run(manifest("1", { processes: { web: { image: image("1"), compose: {}, port: 8000, replicas: 1 } } }));
    expect(err).toEqual([
      "last lines of shop-r1-web-1:",
      "  | boom",
      "  | key ***",
      "slipway: release 1 of shop failed at step «health»: shop-r1-web-1 ended with exit code 1 soon after its start",
      "state: nothing serves shop yet; nothing of release 1 is left running",
      "next: mend the cause and release again; on the host, «slipway releases shop» and «slipway status» tell more",
    ]);
  });

  test("an older sequence is refused", async () => {
    await run(manifest("2"));
    expect(await run(manifest("1"))).toBe("failed");
    expect(err[0]).toContain("failed at step «fence»: sequence 1 ");
    expect(host.serving("shop", "web")).toBe("1");
  });
});

describe("workers", () => {
  const asked = (digit: string, workers: string): Manifest =>
    manifest(digit, {
      processes: {
        web: { image: image(digit), compose: {}, port: 8000, health: "/up", replicas: 1 },
        worker: { image: image(workers), compose: {}, replicas: 2 },
        search: { image: image(digit), compose: {}, port: 9000, replicas: 1 },
        mail: { image: image(digit), compose: { deploy: { update_config: { order: "start-first" } } }, replicas: 1 },
      },
    });

  test("the old ones stop before any new one starts; whatever may run twice starts beside", async () => {
    await run(asked("1", "1"));
    host.effects.length = 0;
    await run(asked("2", "2"));
    const moves = host.effects.filter((name) => /^docker\.(start|stop) /.test(name));
    const at = (move: string) => {
      expect(moves).toContain(move);
      return moves.indexOf(move);
    };
    for (const old of ["1-worker-1", "1-worker_2-1"])
      for (const young of ["2-worker-1", "2-worker_2-1"])
        expect(at(`docker.stop shop-r${old}`)).toBeLessThan(at(`docker.start shop-r${young}`));
    for (const name of ["web", "search", "mail"])
      expect(at(`docker.start shop-r2-${name}-1`)).toBeLessThan(at(`docker.stop shop-r1-${name}-1`));
  });

  test("the old ones work again when a new one fails", async () => {
    await run(asked("1", "1"));
    host.images.set(image("3"), { crash: 4 });
    expect(await run(asked("2", "3"))).toBe("failed");
    expect(names()).toEqual(["mail", "search", "web", "worker", "worker_2"].map((name) => `shop-r1-${name}-1`));
  });
});

describe("the database", () => {
  /** Makes release 1 unfit as soon as the release command of a later one runs. */
  const breakOldOne = () => {
    host.onEffect = (name) => {
      if (name.startsWith("docker.runToEnd")) host.images.set(image("1"), { answers: 500 });
    };
  };

  test("an old release that can't live with the migrated database is said, and the new one goes on", async () => {
    await run(manifest("1"));
    breakOldOne();
    expect(await run(manifest("2"))).toBe("live");
    expect(out).toContain(
      "! release 1, which serves, is not healthy on the migrated database: GET /up answered 500. " +
        "Keep a migration compatible with the code before it",
    );
  });

  test("a failure after that says in what state the old one is left", async () => {
    await run(manifest("1"));
    breakOldOne();
    host.images.set(image("2"), { crash: 1 });
    expect(await run(manifest("2"))).toBe("failed");
    expect(err).toContain(
      "database: the release command has run, under release 1, which is not healthy on that: GET /up answered 500",
    );
  });
});

describe("afterwards", () => {
  test("images go with their releases, but none that another app's release needs", async () => {
    const digits = ["1", "2", "3", "4", "5"];
    for (const digit of digits) host.images.set(image(digit), {});
    host.present.add("foreign/image@sha256:0");
    await run(manifest("1", { app: "blog", routes: [{ host: "blog.test", process: "web" }] }));
    for (const digit of digits) expect(await run(manifest(digit))).toBe("live");
    expect([...host.present].sort()).toEqual(["foreign/image@sha256:0", ...["1", "3", "4", "5"].map(image)]);
    expect(await host.files.list("/var/lib/slipway/apps/shop/releases")).toEqual(["3", "4", "5"]);
    expect(host.volumes).toEqual(new Set(["shop_data", "blog_data"]));
  });

  test("a command that someone runs is left alone, and counts for no process", async () => {
    await run(manifest("1"));
    const labels = {
      ...host.all.find(({ name }) => name.includes("web"))?.labels,
      "com.docker.compose.oneoff": "True",
    };
    const id = "shop-r1-web-run-1";
    host.all.push({
      id,
      name: id,
      labels,
      image: image("1"),
      port: undefined,
      writes: [],
      running: true,
      exitCode: 0,
      started: true,
      since: 0,
      stopped: false,
    } as MemoryHost["all"][number]);
    expect(await run(manifest("1"))).toBe("unchanged");
    expect(await run(manifest("2"))).toBe("live");
    expect(names()).toEqual([id, "shop-r2-web-1", "shop-r2-worker-1"]);
  });

  test("what can't be done after the switch is said, and keeps nothing else from being done", async () => {
    await run(manifest("1"));
    host.onEffect = (name) => {
      // The look round at the start may pass.
      if (name.startsWith("docker.start shop-r2")) host.broken.set("timers.set", "systemd is busy");
    };
    expect(await run(manifest("2"))).toBe("live");
    expect(err).toEqual(["! schedules: systemd is busy. The next release mends it"]);
    expect(names()).toEqual(["shop-r2-web-1", "shop-r2-worker-1"]);
  });

  test("a ledger that can't be written is said, and made good by the next run", async () => {
    await run(manifest("1"));
    host.broken.set("files.append /var/lib/slipway/apps/shop/ledger.jsonl", "no space");
    expect(await run(manifest("2"))).toBe("live");
    expect(err).toEqual(["! no row was written to the ledger: no space"]);
    host.broken.clear();
    expect(await run(manifest("3"))).toBe("live");
    expect(ledger().map(({ release: number, result }) => `${number} ${result}`)).toEqual([
      "1 live",
      "2 live",
      "3 live",
    ]);
  });

  test("what was said stands in the release's log, secrets blotted out", async () => {
    host.images.set(image("1"), { lines: ["key is very secret"], crash: 2 });
    await run(manifest("1"));
    const log = host.texts.get("/var/lib/slipway/apps/shop/logs/1.log")?.text ?? "";
    expect(log.trim().split("\n")).toEqual([...out, ...err]);
    expect(log).toContain("  | key is ***");
  });
});

describe("the number of a release", () => {
  test("is never given twice, whatever becomes of row, folder and mark", async () => {
    const numbers: number[] = [];
    const next = async (asked: Manifest) => {
      const before = new Set(numbers);
      const { release: number } = await release(host, asked, { wait: 1, pid: 7, say: () => {}, complain: () => {} });
      expect(before.has(number), `release ${number}`).toBe(false);
      numbers.push(number);
    };
    await next(manifest("1"));
    host.images.set(image("2"), { crash: 1 });
    host.broken.set("files.append /var/lib/slipway/apps/shop/ledger.jsonl", "no space");
    for (let round = 0; round < 3; round++) await next(manifest("2"));
    host.broken.clear();
    await host.files.write("/var/lib/slipway/apps/shop/number", "garbage", 0o644);
    await host.files.write("/var/lib/slipway/apps/shop/snapshots/7.dump", "", 0o600);
    await host.files.write("/var/lib/slipway/apps/shop/releases/lost+found/x", "", 0o600);
    const foreign = { ...ledger()[0], release: Number.MAX_SAFE_INTEGER };
    await host.files.append("/var/lib/slipway/apps/shop/ledger.jsonl", `${JSON.stringify(foreign)}\n`);
    await next(manifest("3"));
    expect(numbers).toEqual([1, 2, 3, 4, 8]);
  });

  test("that can't be written down begins nothing", async () => {
    await run(manifest("1"));
    host.broken.set("files.write /var/lib/slipway/apps/shop/number", "the disk is full");
    const before = { texts: new Map(host.texts), present: new Set(host.present), names: names() };
    host.effects.length = 0;
    await expect(run(manifest("2"))).rejects.toThrow(
      "release 2 of shop can't be begun, since its number can't be written down: the disk is full. Nothing was changed",
    );
    expect([host.present, names()]).toEqual([before.present, before.names]);
    expect(host.effects.filter((name) => /^(docker\.(pull|create|start)|files\.append)/.test(name))).toEqual([]);
    expect(new Set(host.texts.keys())).toEqual(new Set(before.texts.keys()));
    // What changes nothing needs none.
    expect(await run(manifest("1"))).toBe("unchanged");
  });
});

describe("asked to end", () => {
  const interrupt = async (before: { test(name: string): boolean }) => {
    let end: (reason: Error) => void = () => {};
    const interrupted = new Promise<never>((_, reject) => {
      end = reject;
    });
    interrupted.catch(() => {});
    host.onEffect = (name) => {
      if (before.test(name)) end(new Failure("it was asked to end"));
    };
    const say = () => {};
    return release(host, manifest("2"), { pid: 7, say, complain: say, interrupted });
  };

  test("it goes back as long as nothing has moved", async () => {
    await run(manifest("1"));
    const outcome = await interrupt(/^docker.runToEnd/);
    expect(outcome).toMatchObject({ result: "failed", serving: 1, reason: "it was asked to end" });
    host.onEffect = () => {};
    expect(await run(manifest("2"))).toBe("live");
  });

  test.each([
    /^docker.start shop-r2-worker/,
    /ports\/web\/1\/999997/,
    /^files.write .*live.json/,
  ])("it goes on once the traffic has begun to move: %s", async (moment) => {
    await run(manifest("1"));
    expect(await interrupt(moment)).toMatchObject({ result: "live", serving: 2 });
    expect(host.serving("shop", "web")).toBe("2");
  });

  test("at any moment the host is whole at its end", async () => {
    await run(manifest("1"));
    host.effects.length = 0;
    await run(manifest("2"));
    const effects = host.effects.length;
    for (let at = 0; at < effects; at++) {
      host = new MemoryHost();
      for (const digit of ["1", "2"]) host.images.set(image(digit), {});
      await run(manifest("1"));
      let left = at;
      const outcome = await interrupt({ test: () => left-- === 0 });
      const live = host.serving("shop", "web");
      expect(outcome.serving, `asked to end at ${at}`).toBe(Number(live));
      expect(JSON.parse(host.texts.get("/var/lib/slipway/apps/shop/live.json")?.text ?? "{}").release).toBe(
        Number(live),
      );
      expect(names(), `asked to end at ${at}`).toEqual([`shop-r${live}-web-1`, `shop-r${live}-worker-1`]);
    }
  });
});

test("a rehearsal can hold a release before a step", async () => {
  host.texts.set("/run/slipway/hold", { text: "edge\n", mode: 0o600 });
  let looks = 0;
  host.onEffect = (name) => {
    if (name === "files.read /run/slipway/hold" && out.some((line) => line.startsWith("… is held")) && ++looks > 3)
      host.texts.delete("/run/slipway/hold");
  };
  expect(await run(manifest("1"))).toBe("live");
  expect(out[out.findIndex((line) => line.startsWith("✓ health")) + 1]).toBe(
    "… is held before «edge» by /run/slipway/hold",
  );
});

const ends: { name: string; set: (it: MemoryHost) => void }[] = [
  { name: "a good release", set: () => {} },
  { name: "one that is led back", set: (it) => it.images.set(image("2"), { dies: 1200 }) },
  { name: "one that fails before the switch", set: (it) => it.images.set(image("2"), { answers: 500 }) },
];

describe("killed before any effect, the next run makes it whole", () => {
  /** Where a kill makes a difference: between two looks it is a kill before what comes after them. */
  const changes = (effects: readonly string[]) => {
    const look =
      /^(files\.(read|list|walk)|docker\.(containers|condition|platform|resolve)|probe|connect|connections|portFree|disk)( |$)/;
    return effects.flatMap((name, at) => (look.test(name) ? [] : [at]));
  };

  /** With as few looks as there can be. */
  const brief = (digit: string) =>
    manifest(digit, { limits: { health: 0.05, release: 60, drain: 10, settle: 0, watch: 0.5, lock: 5, wait: 1 } });

  const begin = async (set: (it: MemoryHost) => void) => {
    host = new MemoryHost();
    for (const digit of ["1", "2", "3"]) host.images.set(image(digit), {});
    await run(brief("1"));
    set(host);
    host.effects.length = 0;
  };

  test.each(ends)("at each of them: $name", async ({ set }) => {
    await begin(set);
    await run(brief("2"));
    const moments = changes(host.effects);
    expect(moments.length).toBeGreaterThan(20);
    for (const at of moments) {
      await begin(set);
      host.onEffect = (name) => expect(host.serving("shop", "web"), `killed at ${at}, ${name}`).toBeDefined();
      host.killAfter = at;
      await run(brief("2")).catch(() => {});
      host.onEffect = () => {};
      host.revive();
      expect(await run(brief("3")), `killed at ${at}`).toBe("live");
      const live = host.serving("shop", "web");
      expect(names(), `killed at ${at}`).toEqual([`shop-r${live}-web-1`, `shop-r${live}-worker-1`]);
      expect(host.configuration).toBe(host.texts.get("/etc/caddy/Caddyfile")?.text);
      const rows = ledger().map(({ release: number, result }) => `${number} ${result}`);
      expect(rows.at(-1), `killed at ${at}`).toBe(`${live} live`);
      expect(new Set(rows.map((row) => row.split(" ")[0])).size, `killed at ${at}`).toBe(rows.length);
    }
  });

  test.each(ends)("a repair at the next boot does, too: $name", async ({ set }) => {
    await begin(set);
    await run(brief("2"));
    for (const at of changes(host.effects)) {
      await begin(set);
      host.killAfter = at;
      await run(brief("2")).catch(() => {});
      host.revive();
      const [repaired] = await repair(host, { wait: 1, pid: 8 });
      const live = host.serving("shop", "web");
      expect(repaired, `killed at ${at}`).toMatchObject({ app: "shop", serving: Number(live) });
      expect(names(), `killed at ${at}`).toEqual([`shop-r${live}-web-1`, `shop-r${live}-worker-1`]);
      expect(await repair(host, { wait: 1, pid: 8 }), `killed at ${at}`).toEqual([
        { app: "shop", serving: Number(live), mended: [] },
      ]);
    }
  });

  test("one that is not healthy when its run was killed is led back, one that is stays", async () => {
    for (const healthy of [true, false]) {
      await begin(() => {});
      host.onEffect = (name) => {
        if (name === "docker.stop shop-r1-worker-1") host.killAfter = 0;
      };
      await run(brief("2")).catch(() => {});
      host.onEffect = () => {};
      host.revive();
      if (!healthy) host.images.set(image("2"), { answers: 500 });
      host.effects.length = 0;
      const [repaired] = await repair(host, { wait: 1, pid: 8 });
      expect(host.serving("shop", "web")).toBe(healthy ? "2" : "1");
      expect(repaired?.mended).toContain(
        healthy
          ? "release 2 was interrupted after the switch: it serves"
          : "release 2 is led back to release 1: its run was killed after the switch, and it is not healthy: " +
              "shop-r2-web-1 was not healthy within 0.05 s: GET /up answered 500",
      );
      // Two versions never take the same work.
      const at = (move: string) => host.effects.indexOf(`docker.${move}-worker-1`);
      expect(at("stop shop-r1")).toBeLessThan(at("start shop-r2"));
      expect(ledger().map(({ release: number, result }) => `${number} ${result}`)).toEqual([
        "1 live",
        healthy ? "2 live" : "2 failed",
      ]);
    }
  });

  test("a repeated release settles what it did before it was killed", async () => {
    await begin(() => {});
    await run(brief("2"));
    for (const at of changes(host.effects)) {
      await begin(() => {});
      host.killAfter = at;
      await run(brief("2")).catch(() => {});
      host.revive();
      expect(await run(brief("2")), `killed at ${at}`).toMatch(/^(live|unchanged)$/);
      const live = host.serving("shop", "web");
      expect(names(), `killed at ${at}`).toEqual([`shop-r${live}-web-1`, `shop-r${live}-worker-1`]);
    }
  });
});
