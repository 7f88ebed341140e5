import type { Attempt } from "../attempt";
import { claim } from "../claim";
import { Failure } from "../failure";
import { readLedger } from "../ledger";
import { readLive } from "../record";
import { newestOf, olderText } from "../sequence";

/** Refuses another stack's app, and what was asked for before the live release was: a slow CI run must not undo a newer one. */
export async function fence({ host, manifest, live }: Attempt): Promise<undefined> {
  if (manifest.stack !== undefined) await claim(host.files, manifest.app, manifest.stack);
  if (!live) return;
  const pointer = await readLive(host.files, manifest.app);
  const newest = newestOf(pointer?.sequence ?? 0, await readLedger(host.files, manifest.app), host.now());
  const { sequence } = manifest.origin;
  if (sequence >= newest) return;
  const by = live.origin.commit ? `${live.origin.actor}, commit ${live.origin.commit}` : live.origin.actor;
  throw new Failure(olderText(sequence, newest, `live release ${live.release} by ${by}`, host.now()));
}
