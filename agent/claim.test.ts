import { beforeEach, describe, expect, it } from "vitest";
import { claim, ownerOf } from "./claim";
import type { Manifest } from "./manifest";
import { MemoryHost } from "./memory";
import { release } from "./release";

const image = `r/x@sha256:${"a".repeat(64)}`;
const manifest = (stack: string | undefined, sequence: number): Manifest => ({
  version: 1,
  app: "shop",
  ...(stack === undefined ? {} : { stack }),
  origin: { sequence, actor: "ana" },
  processes: { web: { image, compose: {}, port: 8000, replicas: 1 } },
  routes: [{ host: "shop.test", process: "web" }],
  tls: { mode: "off" },
  environment: { SEQUENCE: String(sequence) },
  secrets: [],
  volumes: [],
  keep: 3,
  limits: { health: 5, release: 60, drain: 10, settle: 0, watch: 2, lock: 5, wait: 1 },
});
let host: MemoryHost;
let said: string[];
const make = (stack: string | undefined, sequence: number) =>
  release(host, manifest(stack, sequence), {
    pid: 7,
    say: () => {},
    complain: (line) => {
      said.push(line);
    },
  });

beforeEach(() => {
  said = [];
  host = new MemoryHost();
  host.images.set(image, {});
});

describe("an app of a shared host", () => {
  it("is its first stack's, from the claim or the first release on", async () => {
    await claim(host.files, "shop", "acme/main");
    await claim(host.files, "shop", "acme/main");
    await expect(claim(host.files, "shop", "acme/pr-7")).rejects.toThrow("belongs to stack acme/main");
    expect(await ownerOf(host.files, "shop")).toBe("acme/main");
    expect((await make("acme/main", 1)).result).toBe("live");
  });

  it("is never released by another stack, which is told whose it is; by CI and people it is", async () => {
    expect((await make("acme/main", 1)).result).toBe("live");
    expect((await make("acme/pr-7", 2)).result).toBe("failed");
    expect(said.join("\n")).toContain(
      "app shop on this host belongs to stack acme/main; stack acme/pr-7 leaves it alone",
    );
    expect(host.all.map(({ name }) => name)).toEqual(["shop-r1-web-1"]);
    expect((await make(undefined, 3)).result).toBe("live");
    expect(await ownerOf(host.files, "shop")).toBe("acme/main");
  });

  it("is taken over where an older engine left no mark", async () => {
    expect((await make(undefined, 1)).result).toBe("live");
    expect(await ownerOf(host.files, "shop")).toBeUndefined();
    expect((await make("acme/main", 2)).result).toBe("live");
    expect(await ownerOf(host.files, "shop")).toBe("acme/main");
  });
});
