import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { holderOfPort } from "./portHolder";
import type { Slot } from "./slot";
import { UserError } from "./userError";

/** What a running daemon tells of itself; see `serve.ts`. */
const Health = z.looseObject({
  slot: z.number(),
  pid: z.number(),
  build: z.string(),
  images: z.record(z.string(), z.string()).default({}),
  forwards: z.array(z.object({ address: z.string(), port: z.number(), local: z.number() })).default([]),
});
/** @see Health */
export type Health = z.infer<typeof Health>;

/** Seconds until a daemon must answer: it first turns machines on again. */
const startLimit = 120;

/** Seconds a daemon has to end what it is doing. */
const endLimit = 90;

/** File that holds the process id of a slot's daemon. */
export function pidFile(slot: Slot): string {
  return join(slot.folder, "daemon.pid");
}

/** File that takes the daemon's output. */
export function logFile(slot: Slot): string {
  return join(slot.folder, "daemon.log");
}

/** Hash of the program itself, by which a daemon of an older build is known. */
export async function buildOf(program: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(program))
    .digest("hex")
    .slice(0, 12);
}

/** Asks the slot's daemon how it is. @returns `undefined` if none answers */
export async function health(slot: Slot): Promise<Health | undefined> {
  try {
    const answer = await fetch(`${slot.api.url}/_sandbox/health`, { signal: AbortSignal.timeout(3000) });
    const parsed = Health.safeParse(await answer.json());
    return parsed.success && parsed.data.slot === slot.number ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** @throws UserError if something listens on the port of the slot's API */
export async function checkPort(slot: Slot): Promise<void> {
  const holder = await holderOfPort(slot.api.port);
  if (holder === undefined) return;
  throw new UserError(
    `port ${slot.api.port} on 127.0.0.1 is taken by ${holder}; end that, or take another sandbox: SLIPWAY_SANDBOX_SLOT=0 to 9`,
  );
}

/**
 * Starts the daemon, detached from this terminal, and waits until it answers.
 * @param program the bundled `sandbox/main.js`
 * @throws UserError if its port is taken or it does not come up
 */
export async function launch(slot: Slot, program: string): Promise<Health> {
  await checkPort(slot);
  await mkdir(slot.folder, { recursive: true });
  const log = await open(logFile(slot), "a");
  const { size } = await log.stat();
  try {
    const child = spawn(process.execPath, ["--max-old-space-size=96", program, "serve"], {
      detached: true,
      stdio: ["ignore", log.fd, log.fd],
      cwd: "/",
    });
    let ended = false;
    child.once("exit", () => {
      ended = true;
    });
    child.once("error", () => {
      ended = true;
    });
    child.unref();
    for (const end = Date.now() + startLimit * 1000; Date.now() < end && !ended; await sleep(100)) {
      const answer = await health(slot);
      if (answer !== undefined) return answer;
    }
    const said = (await readFile(logFile(slot))).subarray(size).toString("utf8").trim().split("\n").pop();
    const what = ended ? "ended at once" : `did not answer within ${startLimit} s`;
    throw new UserError(`the sandbox's daemon ${what}: ${said || "it said nothing"} (${logFile(slot)})`);
  } finally {
    await log.close();
  }
}

/** Ends the slot's daemon if there is one; resolves when it is gone. */
export async function end(slot: Slot): Promise<void> {
  const pid = await daemonPid(slot);
  if (pid !== undefined) {
    process.kill(pid, "SIGTERM");
    for (const limit = Date.now() + endLimit * 1000; alive(pid); await sleep(50)) {
      if (Date.now() > limit) process.kill(pid, "SIGKILL");
    }
  }
  await rm(pidFile(slot), { force: true });
}

/** The daemon's process id, once it is certain that this process is it: an id may have gone to another program since. */
async function daemonPid(slot: Slot): Promise<number | undefined> {
  const pid = Number(await readFile(pidFile(slot), "utf8").catch(() => ""));
  if (!Number.isInteger(pid) || pid <= 1) return (await health(slot))?.pid;
  const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  return command.includes("sandbox/main.js\0serve") ? pid : undefined;
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
