import { beforeEach, describe, expect, test } from "vitest";
import { Failure } from "./failure";
import type { Manifest, Process } from "./manifest";
import { MemoryHost } from "./memory";
import { type LiveRelease, loginFor, resolveTags, settle, settleImages } from "./settle";

const image = (digit: string) => `registry.test/shop@sha256:${digit.repeat(64)}`;
const main = "registry.test/shop:main";
const process = (of: string, changes: Partial<Process> = {}): Process => ({
  image: of,
  compose: {},
  replicas: 1,
  ...changes,
});

function manifest(processes: Manifest["processes"], changes: Partial<Manifest> = {}): Manifest {
  return {
    version: 1,
    app: "shop",
    origin: { sequence: 10, actor: "ana" },
    processes,
    routes: [],
    tls: { mode: "off" },
    environment: {},
    secrets: [],
    volumes: [],
    keep: 3,
    limits: { health: 5, release: 60, drain: 10, settle: 0, watch: 2, lock: 5, wait: 1 },
    ...changes,
  };
}

function live(processes: Manifest["processes"], origin: Partial<Manifest["origin"]> = {}): LiveRelease {
  const { environment: _environment, origin: _origin, ...content } = manifest(processes);
  return { release: 9, origin: { sequence: 5, actor: "ci", commit: "abc", ...origin }, content };
}

describe("images that others changed", () => {
  test("stay where the stack asks for the same as before", () => {
    const asked = manifest({ web: process(image("a")) }, { before: { web: image("a") } });
    expect(settleImages(asked, live({ web: process(image("b")) }))).toEqual({
      manifest: { ...asked, processes: { web: process(image("b")) } },
      notes: ["web stays at release 9's image (by ci, commit abc): this stack didn't change it"],
    });
  });

  test("go where the stack changes them, process by process", () => {
    const before = { web: image("a"), worker: image("a") };
    const asked = manifest({ web: process(image("c")), worker: process(image("a")) }, { before });
    const settled = settleImages(asked, live({ web: process(image("b")), worker: process(image("b")) }));
    expect(settled.manifest.processes).toEqual({ web: process(image("c")), worker: process(image("b")) });
    expect(settled.notes).toEqual([
      "worker stays at release 9's image (by ci, commit abc): this stack didn't change it",
    ]);
  });

  test("need no word where nobody changed them, and none is kept where the stack doesn't say what it asked for before", () => {
    const same = manifest({ web: process(image("a")) }, { before: { web: image("a") } });
    expect(settleImages(same, live({ web: process(image("a")) }))).toEqual({ manifest: same, notes: [] });
    const silent = manifest({ web: process(image("a")) });
    expect(settleImages(silent, live({ web: process(image("b")) }))).toEqual({ manifest: silent, notes: [] });
    expect(settleImages(same, undefined)).toEqual({ manifest: same, notes: [] });
  });

  test("take a new process of the same image along; one of another image is as asked", () => {
    const asked = manifest(
      { web: process(image("a")), beat: process(image("a")), cache: process(image("d")) },
      { before: { web: image("a") } },
    );
    expect(settleImages(asked, live({ web: process(image("b")) })).manifest.processes).toEqual({
      web: process(image("b")),
      beat: process(image("b")),
      cache: process(image("d")),
    });
  });

  test("stay for an unchanged tag, which goes on being followed; a changed tag is looked up", () => {
    const serving = live({ web: process(image("b"), { follow: main }) }, { actor: "tag main", commit: undefined });
    const asked = manifest({ web: process(main) }, { before: { web: main } });
    const settled = settleImages(asked, serving);
    expect(settled.manifest.processes.web).toEqual(process(image("b"), { follow: main }));
    expect(settled.notes).toEqual(["web stays at release 9's image (by tag main): this stack didn't change it"]);
    const other = manifest({ web: process("registry.test/shop:stable") }, { before: { web: main } });
    expect(settleImages(other, serving).manifest).toEqual(other);
  });

  test("are still those of a rollback as long as none of them changes", () => {
    const back = live({ web: process(image("b")), worker: process(image("b")) }, { rollback: 4 });
    const before = { web: image("a"), worker: image("a") };
    const unchanged = manifest({ web: process(image("a")), worker: process(image("a")) }, { before });
    const settled = settleImages(unchanged, back);
    expect(settled.manifest.origin).toEqual({ sequence: 10, actor: "ana", rollback: 4 });
    expect(settled.notes[0]).toBe(
      "web stays at release 9's image (by ci, rollback to 4, commit abc): this stack didn't change it",
    );
    const changed = manifest({ web: process(image("c")), worker: process(image("a")) }, { before });
    expect(settleImages(changed, back).manifest.origin).toEqual({ sequence: 10, actor: "ana" });
    const further = manifest({ web: process(image("b")) }, { origin: { sequence: 10, actor: "ana", rollback: 2 } });
    expect(settleImages(further, back).manifest.origin.rollback).toBe(2);
  });
});

describe("tags", () => {
  let host: MemoryHost;
  beforeEach(() => {
    host = new MemoryHost();
    host.images.set(image("b"), {});
    host.tags.set(main, image("b"));
  });

  test("become the digests they stand for, each asked for once, and are followed", async () => {
    const asked = manifest({ web: process(main), worker: process(main), cache: process(image("d")) });
    expect((await resolveTags(host, asked)).processes).toEqual({
      web: process(image("b"), { follow: main }),
      worker: process(image("b"), { follow: main }),
      cache: process(image("d")),
    });
    expect(host.effects).toEqual(["docker.platform", `docker.resolve ${main}`]);
  });

  test("for another kind of processor are refused before any pull", async () => {
    host.images.set(image("b"), { platform: "linux/arm64" });
    await expect(resolveTags(host, manifest({ web: process(main) }))).rejects.toThrow(
      new Failure(`${main} is for linux/arm64, and this host is linux/amd64: build it for linux/amd64`),
    );
    expect(host.effects.filter((name) => name.startsWith("docker.pull"))).toEqual([]);
  });

  test("are not even looked up for what stays as it is", async () => {
    const serving = live({ web: process(image("a"), { follow: main }) });
    const settled = await settle(host, manifest({ web: process(main) }, { before: { web: main } }), serving);
    expect(settled.manifest.processes.web).toEqual(process(image("a"), { follow: main }));
    expect(host.effects).toEqual([]);
  });
});

test.each([
  ["registry.test:5000/shop:main", "registry.test:5000", true],
  ["registry.test/shop:main", "registry.test:5000", false],
  ["redis:7", "ghcr.io", false],
  ["redis:7", "docker.io", true],
  ["team/shop:main", "index.docker.io", true],
  ["localhost/shop:main", "localhost", true],
])("the login for %s is that of %s: %s", (reference, server, isFor) => {
  const login = { server, username: "u", password: "p" };
  expect(loginFor(reference, login)).toEqual(isFor ? login : undefined);
});
