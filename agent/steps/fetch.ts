import type { Attempt, Fetching } from "../attempt";
import { guardDisk } from "./disk-guard";
import { pull } from "./pull";

/** Begins to fetch a release's images, if there is room for them. The steps that wait for it tell how it went. */
export function fetchImages(order: Pick<Attempt, "host" | "manifest" | "live">): Fetching {
  const guarded = guardDisk(order);
  const pulled = guarded.then(() => pull(order));
  // No one may be left to hear of it when an earlier step has failed.
  guarded.catch(() => {});
  pulled.catch(() => {});
  return { guarded, pulled };
}
