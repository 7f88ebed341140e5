import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pack } from "tar-stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Failure } from "../failure";
import { unpack } from "./unpack";

type Entry = { readonly name: string; readonly type?: string; readonly linkname?: string; readonly mode?: number };

let folder: string;
const to = () => join(folder, "static");
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "unpack-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Unpacks an archive of these entries, each file holding its own name, as Docker would give out `/app/static`. */
async function unpacked(entries: readonly Entry[], onBytes?: (bytes: number) => Promise<void>): Promise<void> {
  const archive = pack();
  archive.entry({ name: "static/", type: "directory" } as never);
  for (const { name, ...rest } of entries) {
    const header = { ...rest, name: `static/${name}` } as never;
    if (rest.type === undefined) archive.entry(header, name);
    else archive.entry(header);
  }
  archive.finalize();
  await unpack({ archive: archive as never, from: "/app/static/", to: to(), onBytes });
}

/** All that landed: files with their text, folders with "/". */
const landed = () =>
  Object.fromEntries(
    (readdirSync(to(), { recursive: true, encoding: "utf8" }) as string[]).sort().map((name) => {
      const path = join(to(), name);
      return [name, statSync(path).isDirectory() ? "/" : readFileSync(path, "utf8")];
    }),
  );
const kinds = () =>
  readdirSync(to(), { recursive: true, withFileTypes: true }).map((entry) => entry.isFile() || entry.isDirectory());

const dir = (name: string) => ({ name, type: "directory" });
const symlink = (name: string, linkname: string) => ({ name, type: "symlink", linkname });

describe("what crosses", () => {
  it("is files and folders, readable for everyone, without rights to do anything", async () => {
    await unpacked([{ name: "app.css", mode: 0o6755 }, dir("img"), { name: "img/a.png", mode: 0o600 }]);
    expect(landed()).toEqual({ "app.css": "app.css", img: "/", "img/a.png": "img/a.png" });
    expect([statSync(join(to(), "app.css")).mode & 0o7777, statSync(join(to(), "img/a.png")).mode & 0o7777]).toEqual([
      0o644, 0o644,
    ]);
  });

  it("is nothing that a container can make besides", async () => {
    const kinds = { "character-device": "a device", "block-device": "a device", fifo: "a named pipe" };
    for (const [type, words] of Object.entries(kinds)) {
      await expect(unpacked([{ name: "good.css" }, dir("x"), { name: "x/bad", type }])).rejects.toThrow(
        new Failure(`x/bad is ${words}; only files and folders can be served`),
      );
      expect(readdirSync(folder)).toEqual([]);
    }
  });

  it("keeps odd names as they are", async () => {
    const names = ["new\nline", "-rf", "quote'\"", "sp ace", "ünïcode", "back\\slash", "a".repeat(200), "*?[x]"];
    await unpacked(names.map((name) => ({ name })));
    expect(Object.keys(landed()).sort()).toEqual([...names].sort());
  });

  it("goes nowhere else by its name", async () => {
    for (const name of ["../out", "a/../../out"])
      await expect(unpacked([{ name }])).rejects.toThrow("the archive has a name that leads out of it");
    expect(readdirSync(folder)).toEqual([]);
  });

  it("is what it was before where it came before", async () => {
    await unpacked([{ name: "old.css" }]);
    await unpacked([{ name: "new.css" }]);
    expect(landed()).toEqual({ "new.css": "new.css" });
  });

  it("hears of each file's size before it is written, and leaves nothing where there is no room", async () => {
    const sizes: number[] = [];
    const onBytes = async (bytes: number) => {
      sizes.push(bytes);
      if (sizes.length === 2) throw new Failure("the disk is nearly full");
    };
    await expect(unpacked([{ name: "four" }, { name: "eleven.file" }, { name: "never" }], onBytes)).rejects.toThrow(
      "nearly full",
    );
    expect([sizes, readdirSync(folder)]).toEqual([[4, 11], []]);
  });
});

describe("links", () => {
  it("inside become what they lead to, by whatever way", async () => {
    await unpacked([
      { name: "a.css" },
      symlink("b.css", "a.css"),
      symlink("c.css", "./x/../b.css"),
      symlink("d.css", "/app/static/a.css"),
      { name: "hard.css", type: "link", linkname: "static/a.css" },
      dir("x"),
      { name: "x/e.css" },
      symlink("x/up.css", "../a.css"),
      symlink("y", "x"),
      symlink("z.css", "y/e.css"),
    ]);
    expect(landed()).toEqual({
      "a.css": "a.css",
      "b.css": "a.css",
      "c.css": "a.css",
      "d.css": "a.css",
      "hard.css": "a.css",
      x: "/",
      "x/e.css": "x/e.css",
      "x/up.css": "a.css",
      y: "/",
      "y/e.css": "x/e.css",
      "y/up.css": "a.css",
      "z.css": "x/e.css",
    });
    expect(kinds()).not.toContain(false);
  });

  it("out of the folder fail the release, by whatever way and whether or not anything is there", async () => {
    const ways = [
      "/etc/passwd",
      "../../etc/passwd",
      "../../static",
      "/app/staticfiles/x",
      "/app/static/../x",
      "/",
      "../..",
    ];
    for (const target of ways) {
      await expect(unpacked([dir("x"), symlink("x/out", target), symlink("by", "x/out")]), target).rejects.toThrow(
        new Failure("the static file /x/out is a link out of its folder; put the file itself there"),
      );
      expect(readdirSync(folder)).toEqual([]);
    }
  });

  it("in a circle or to nothing are nothing", async () => {
    await unpacked([
      { name: "a.css" },
      symlink("self", "self"),
      symlink("one", "two"),
      symlink("two", "one"),
      symlink("none", "never/there"),
      dir("d"),
      symlink("d/up", ".."),
      symlink("d/here", "."),
      symlink("a.css.d", "a.css/x"),
    ]);
    expect(landed()).toEqual({ "a.css": "a.css", d: "/" });
    expect(kinds()).not.toContain(false);
  });

  it("that make a tree without an end in sight are refused", async () => {
    const level = (n: number) => [
      dir(`l${n}`),
      ...Array.from({ length: 20 }, (_, index) => symlink(`l${n}/${index}`, `../l${n + 1}`)),
    ];
    const entries = [...[0, 1, 2, 3, 4, 5].flatMap(level), dir("l6"), { name: "l6/file" }];
    await expect(unpacked(entries)).rejects.toThrow("its links make more than 10000 files");
    expect(readdirSync(folder)).toEqual([]);
  });
});
