/** Waits for what the API does in its own time. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Answer, Api } from "./api";

/** Between two looks, in milliseconds. The real plugin first looks after ten seconds: a machine in the sandbox is up before. */
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

/** Waits for an action, by the path it is asked for, to be completed. */
export async function completed(api: Api, path: string, signal: AbortSignal): Promise<void> {
  await until(`the action ${path}`, 3_600, signal, async () => {
    const { action }: Answer = await api.get(path, signal);
    if (action.status === "errored") throw new Error(`the action ${action.type} (${path}) ended with an error`);
    return action.status === "completed" ? true : undefined;
  });
}
