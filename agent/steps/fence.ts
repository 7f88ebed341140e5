import type { Attempt } from "../attempt";
import { claim } from "../claim";
import { Failure } from "../failure";
import { readLive } from "../record";

/** Refuses another stack's app, and what was asked for before the live release was: a slow CI run must not undo a newer one. */
export async function fence({ host, manifest, live }: Attempt): Promise<undefined> {
  if (manifest.stack !== undefined) await claim(host.files, manifest.app, manifest.stack);
  if (!live) return;
  const newest = (await readLive(host.files, manifest.app))?.sequence ?? 0;
  const { sequence } = manifest.origin;
  if (sequence >= newest) return;
  const by = live.origin.commit ? `${live.origin.actor}, commit ${live.origin.commit}` : live.origin.actor;
  throw new Failure(
    `sequence ${sequence} (${isoOf(sequence)}) is older than ${newest} (${isoOf(newest)}) of live release ${live.release} by ${by}. ` +
      "To go back on purpose, release the older commit anew",
  );
}

function isoOf(milliseconds: number): string {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? "no date" : date.toISOString();
}
