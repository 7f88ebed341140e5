import type { Attempt, Fetching } from "../attempt";
import { guardDisk } from "./disk-guard";
import { pull } from "./pull";

/**
 * Begins to fetch a release's images, if there is room for them. The steps that wait for it tell how it went.
 * @param unsettled why it isn't known which images those are, if it isn't
 */
export function fetchImages(order: Pick<Attempt, "host" | "manifest" | "live">, unsettled?: unknown): Fetching {
  const guarded = unsettled === undefined ? guardDisk(order) : Promise.reject(unsettled);
  const pulled = guarded.then(() => pull(order));
  // No one may be left to hear of it when an earlier step has failed.
  guarded.catch(() => {});
  pulled.catch(() => {});
  return { guarded, pulled };
}
