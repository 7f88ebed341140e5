/** The lease of an app: while one holds it nobody else changes the app. Whoever gets it takes up what a kill has cut off before. */
import type { Host, Lock } from "./host";
import { readIntent } from "./intent";
import { appPaths } from "./paths";
import { takeUp } from "./takeUp";

/** What a lease is asked with. */
export interface LeaseOrder {
  readonly app: string;
  /** Seconds to wait for another holder. */
  readonly wait: number;
  /** Who asks, one line. */
  readonly owner: string;
  readonly say: (line: string) => void;
}

/** Does something under an app's lease, once what was cut off before is finished or undone and said. @throws Failure naming the holder */
export async function underLease<T>(host: Host, order: LeaseOrder, work: (lock: Lock) => Promise<T>): Promise<T> {
  const { app, wait, owner, say } = order;
  const lock = await host.lock({
    path: appPaths(app).lock,
    wait,
    owner,
    onWait: (holder) => say(`… waits for another release of ${app}: ${holder}`),
  });
  try {
    for (const line of await Promise.race([takeUp(host, app, owner), lock.lost])) say(`! ${line}`);
    return await work(lock);
  } finally {
    await lock.free();
  }
}

/**
 * Takes up what was cut off, for a command that changes the app but needs no lease. Nothing happens where whoever has begun it is still at
 * it.
 * @returns whether someone is
 */
export async function takeUpFirst(host: Host, { app, owner, say }: Omit<LeaseOrder, "wait">): Promise<boolean> {
  if ((await readIntent(host.files, app)) === undefined) return false;
  const lock = await host.lock({ path: appPaths(app).lock, wait: 0, owner, onWait: () => {} }).catch(() => undefined);
  if (!lock) return true;
  try {
    for (const line of await Promise.race([takeUp(host, app, owner), lock.lost])) say(`! ${line}`);
    return false;
  } finally {
    await lock.free();
  }
}
