/**
 * Locks held by the kernel. Node has no flock(2), so `flock` of util-linux holds the lock around a `cat` that reads from a pipe of
 * ours: when this process ends, however it ends, the kernel closes the pipe, `cat` ends and the lock is free.
 */
import { spawn } from "node:child_process";
import { mkdir, open, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { Failure } from "../failure";
import type { Lock, LockRequest } from "../host";

/** A free lock is had within a few milliseconds; after this long, in milliseconds, another must be holding it. */
const HELD_BY_ANOTHER = 300;

/** See `Host.lock`. */
export async function linuxLock({ path, wait, owner, onWait }: LockRequest): Promise<Lock> {
  await mkdir(dirname(path), { recursive: true, mode: 0o755 });
  const keeper = spawn("flock", ["--wait", String(wait), path, "cat"], { stdio: ["pipe", "pipe", "ignore"] });
  let freed = false;
  const ended = new Promise<string>((resolve) => {
    keeper.once("error", (error) => resolve(`flock of util-linux can't be run: ${error.message}`));
    keeper.once("exit", () => resolve("another release holds it"));
  });
  keeper.stdin.on("error", () => {});
  const held = new Promise<true>((resolve) => keeper.stdout.once("data", () => resolve(true)));
  keeper.stdin.write("\n");

  const patience = setTimeout(async () => onWait(await ownerOf(path)), HELD_BY_ANOTHER);
  const outcome = await Promise.race([held, ended]);
  clearTimeout(patience);
  if (outcome !== true) {
    throw new Failure(
      `${path} was not free within ${wait} s: ${outcome} (${await ownerOf(path)}). Try again when that one is done`,
    );
  }

  // In place: another file under this name would be another lock.
  const file = await open(path, "r+");
  await file.truncate();
  await file.write(`${owner}\n`);
  await file.close();

  const lost = ended.then((why): Promise<never> => {
    if (freed) return new Promise(() => {});
    throw new Failure(`the lock ${path} was lost: ${why}. Release again`);
  });
  lost.catch(() => {});
  return {
    lost,
    async free() {
      freed = true;
      keeper.stdin.end();
      await ended;
    },
  };
}

async function ownerOf(path: string): Promise<string> {
  return (await readFile(path, "utf8").catch(() => "")).trim() || "an unnamed holder";
}
