import { existsSync, readdirSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";

/** Who holds the lock of a stack in a state folder, as Pulumi writes it. */
export interface Lock {
  readonly pid: number;
  readonly hostname: string;
}

/** Locks of a stack, from the folder Pulumi keeps its state in. */
export function readLocks(state: string, project: string, stack: string): Lock[] {
  const folder = join(state, ".pulumi", "locks", "organization", project, stack);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as Lock);
}

/** Whether every holder of `locks` ran on this machine and is gone: a killed run leaves its lock behind. */
export function areStale(locks: readonly Lock[], isAlive: (pid: number) => boolean): boolean {
  return locks.length > 0 && locks.every((lock) => lock.hostname === hostname() && !isAlive(lock.pid));
}

/** Whether a process of this machine still runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
