import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fileStore } from "./file";
import { memoryStore } from "./memory";
import { Saver } from "./saver";
import type { Store } from "./store";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sandbox-store-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe.each<[string, () => Store]>([
  ["file", () => fileStore(join(folder, "deep", "state.json"))],
  ["memory", memoryStore],
])("%s store", (_, make) => {
  it("has nothing, then what was saved last", async () => {
    const store = make();
    expect(await store.load()).toBeUndefined();
    await store.save({ a: 1 });
    const document = { a: [1, { b: null }] };
    await store.save(document);
    document.a.push(2);
    expect(await store.load()).toEqual({ a: [1, { b: null }] });
  });
});

describe("file store", () => {
  it("leaves nothing beside the file", async () => {
    await fileStore(join(folder, "state.json")).save({});
    expect(await readdir(folder)).toEqual(["state.json"]);
  });

  it("refuses a torn file and leaves it as it is", async () => {
    const path = join(folder, "state.json");
    await writeFile(path, '{"version":1,"digi');
    await expect(fileStore(path).load()).rejects.toThrow(
      /^the sandbox's records in .*state\.json are not whole .*move the file away/,
    );
    expect(await readFile(path, "utf8")).toBe('{"version":1,"digi');
  });

  it("is not stopped by what a crash left beside the file", async () => {
    const path = join(folder, "state.json");
    await fileStore(path).save({ kept: true });
    await writeFile(`${path}.new`, "{");
    expect(await fileStore(path).load()).toEqual({ kept: true });
    await fileStore(path).save({ kept: false });
    expect(await fileStore(path).load()).toEqual({ kept: false });
  });

  it("says when it cannot read", async () => {
    await expect(fileStore(folder).load()).rejects.toThrow(/cannot be read: EISDIR/);
  });
});

describe("Saver", () => {
  it("merges saves that overlap and never keeps an older document last", async () => {
    const saved: unknown[] = [];
    let value = 0;
    const slow: Store = {
      load: async () => undefined,
      async save(document) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        saved.push(document);
      },
    };
    const saver = new Saver(slow, () => value);
    const saves: Promise<void>[] = [];
    for (value = 1; value < 10; value += 1) {
      saves.push(saver.save());
      if (value === 3) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await Promise.all(saves);
    expect(saved.at(-1)).toBe(10);
    expect(saved.length).toBeLessThanOrEqual(3);
  });

  it("tells of a save that failed, and saves again after it", async () => {
    let fails = true;
    const saver = new Saver(
      {
        load: async () => undefined,
        async save() {
          if (fails) throw new Error("disk full");
        },
      },
      () => ({}),
    );
    await expect(saver.save()).rejects.toThrow("disk full");
    fails = false;
    await expect(saver.save()).resolves.toBeUndefined();
  });
});
