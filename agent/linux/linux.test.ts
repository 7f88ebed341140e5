/** What can be tried on any Linux without root: files and locks. */
import { spawn } from "node:child_process";
import { mkdtemp, readlink, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Failure } from "../failure";
import { linuxFiles } from "./files";
import { linuxLock } from "./lock";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "slipway-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("files: of those who make one at once, one does, and nothing else is left", async () => {
  const path = join(folder, "a/key");
  const made = Array.from({ length: 20 }, async (_, number) => {
    await linuxFiles.create(path, `key ${number}`, 0o600);
    return linuxFiles.read(path);
  });
  const seen = new Set(await Promise.all(made));
  expect([...seen]).toEqual([expect.stringMatching(/^key \d+$/)]);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await linuxFiles.walk(folder)).toEqual([path]);
});

test("files: whole, with their mode, in folders made for them; absent ones read as nothing", async () => {
  const path = join(folder, "a/b/env");
  expect(await linuxFiles.read(path)).toBeUndefined();
  expect(await linuxFiles.list(join(folder, "a"))).toEqual([]);
  await linuxFiles.write(path, "one", 0o644);
  await linuxFiles.write(path, "two", 0o600);
  await linuxFiles.append(path, "three");
  await linuxFiles.link(join(folder, "a/link"), "x");
  await linuxFiles.link(join(folder, "a/link"), "b/env");
  expect(await linuxFiles.read(path)).toBe("twothree");
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readlink(join(folder, "a/link"))).toBe("b/env");
  expect(await linuxFiles.walk(folder)).toEqual([path, join(folder, "a/link")]);
  expect(await linuxFiles.list(join(folder, "a"))).toEqual(["b", "link"]);
  await linuxFiles.remove(join(folder, "a"));
  await linuxFiles.remove(join(folder, "a"));
  expect(await linuxFiles.walk(folder)).toEqual([]);
});

test("what the system refuses is said in words, with the path", async () => {
  const file = join(folder, "file");
  await linuxFiles.write(file, "", 0o644);
  await expect(linuxFiles.append(folder, "x")).rejects.toThrow(`${folder}: there is a folder in its place`);
  await expect(linuxFiles.append(folder, "x")).rejects.toBeInstanceOf(Failure);
  await expect(linuxFiles.append("/dev/full", "x")).rejects.toThrow("/dev/full: the disk is full. To make room: ");
});

test("a lock: a second one waits, says for whom, and gets it when the first is done", async () => {
  const path = join(folder, "app.lock");
  const waits: string[] = [];
  const ask = (owner: string, wait: number) =>
    linuxLock({ path, wait, owner, onWait: (holder) => waits.push(`${owner} for ${holder}`) });
  const first = await ask("ana", 1);
  await expect(ask("bo", 0.5)).rejects.toThrow(`${path} was not free within 0.5 s: another release holds it (ana)`);
  const second = ask("cleo", 5);
  setTimeout(() => first.free(), 600);
  await (await second).free();
  expect(waits).toEqual(["bo for ana", "cleo for ana"]);
});

test("a lock is free as soon as its holder is killed", async () => {
  const path = join(folder, "app.lock");
  const holder = spawn("flock", [path, "cat"], { stdio: ["pipe", "pipe", "ignore"] });
  holder.stdin.write("\n");
  await new Promise((resolve) => holder.stdout.once("data", resolve));
  const waiting = linuxLock({ path, wait: 5, owner: "ana", onWait: () => {} });
  holder.stdin.destroy();
  await (await waiting).free();
});
