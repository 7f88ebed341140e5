/** Waits for what an API does in its own time. */
import { setTimeout as sleep } from "node:timers/promises";

/** Between two looks, in milliseconds. The real plugins look after seconds only: a machine in the sandbox is up before. */
const shortest = 200;
const longest = 1_000;

/** Looks until `look` gives something; rejects after `limit` seconds with `what` was waited for. */
export async function until<T>(
  what: string,
  limit: number,
  signal: AbortSignal,
  look: () => Promise<T | undefined>,
): Promise<T> {
  const end = Date.now() + limit * 1_000;
  for (let wait = shortest; ; wait = Math.min(wait * 1.5, longest)) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`waited ${limit} s for ${what}`);
    await sleep(wait, undefined, { signal });
  }
}
