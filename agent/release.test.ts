import { beforeEach, describe, expect, test } from "vitest";
import type { Manifest } from "./manifest";
import { MemoryHost } from "./memory";
import type { Outcome } from "./outcome";
import { releasePaths } from "./paths";
import { release } from "./release";

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
      "files.write 999998-20000.ports",
      "edge.load",
      "files.write env",
      `docker.pull shop@sha256:${"2".repeat(64)}`,
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
  test("lie in the env file and nowhere else", async () => {
    host.images.set(image("1"), { lines: ["key is very secret"] });
    await run(manifest("1"));
    const holding = [...host.texts].filter(([, { text }]) => /very secret|registry-password/.test(text));
    expect(holding.map(([path, { mode }]) => [path, mode])).toEqual([[releasePaths("shop", 1).environment, 0o600]]);
    expect(out).toContain("  | key is ***");
    expect(out.join("\n")).not.toContain("very secret");
  });
});

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
    reason: "the disk is nearly full (0 MB free)",
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
  { name: "edge refuses", step: "edge", reason: "ambiguous", set: (it) => failOnce(it, "edge.load", 2, "ambiguous") },
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

describe("killed before any effect, the next run makes it whole", () => {
  test("at each of them", async () => {
    await run(manifest("1"));
    host.effects.length = 0;
    await run(manifest("2"));
    const effects = host.effects.length;
    expect(effects).toBeGreaterThan(50);
    for (let at = 0; at < effects; at++) {
      host = new MemoryHost();
      for (const digit of ["1", "2"]) host.images.set(image(digit), {});
      await run(manifest("1"));
      host.onEffect = (name) => expect(host.serving("shop", "web"), `killed at ${at}, ${name}`).toBeDefined();
      host.killAfter = at;
      await run(manifest("2")).catch(() => {});
      host.revive();
      expect(await run(manifest("2")), `killed at ${at}`).not.toBe("failed");
      const live = host.serving("shop", "web");
      expect(names(), `killed at ${at}`).toEqual([`shop-r${live}-web-1`, `shop-r${live}-worker-1`]);
      expect(host.configuration).toBe(host.texts.get("/etc/caddy/Caddyfile")?.text);
      const rows = ledger().map(({ release: number, result }) => `${number} ${result}`);
      expect(rows.at(-1), `killed at ${at}`).toBe(`${live} live`);
      expect(new Set(rows).size).toBe(rows.length);
    }
  });
});
