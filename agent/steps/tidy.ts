import { belongsTo, releaseContainers, releaseOf } from "../containers";
import type { Container } from "../host";
import { readLedger, writeRow } from "../ledger";
import { releasePaths } from "../paths";
import { imagesOf, legibleRecord, releaseFolders } from "../record";
import { type ReconcileOrder, reconcile } from "./edge";
import { endMove } from "./move";
import { moveSchedules } from "./schedules";
import { share } from "./share";
import { startAgain } from "./start-again";
import { stopInPeace } from "./stop";

/**
 * Heals what a killed run left behind, whatever it was doing: edge first, so that nothing it leads to is removed, then containers, then
 * folders and the ledger. Resolves with the containers of the live release and with a line for each thing that was mended.
 */
export async function tidy(
  order: ReconcileOrder,
): Promise<{ containers: readonly Container[]; mended: readonly string[] }> {
  const { host, app, live } = order;
  const mended: string[] = [];
  // First, as the edge may be led there from now on.
  const shared = await share(host, [live?.content ?? { app, processes: {}, routes: [] }]);
  if (await reconcile(order)) mended.push("the edge was led back to what is live");
  const all = await releaseContainers(host, app);
  const isLive = (container: Container) => live !== undefined && belongsTo(container, live);
  const strays = all.filter((container) => !isLive(container));
  await Promise.all(strays.map((container) => removeStray(order, container)));
  if (strays.length > 0) mended.push(`removed ${strays.map(({ name }) => name).join(", ")}`);
  const started = live ? await startAgain(host, live, all.filter(isLive)) : [];
  if (started.length > 0) mended.push(`started ${started.map(({ name }) => name).join(", ")} again`);
  if (await endMove(host, app, live)) mended.push("the maintenance page of a move that was cut off was taken down");
  if (await moveSchedules(host, live?.content ?? { app, processes: {} })) mended.push("its timers were set anew");
  if (shared) mended.push("the edge's way to its uploads was set anew");
  mended.push(...(await settleFolders(order)));
  return {
    containers: all.filter(isLive).map((one) => (started.includes(one) ? { ...one, running: true } : one)),
    mended,
  };
}

/** One that has served, or writes files, gets its time to end; one that never ran doesn't need it. */
async function removeStray({ host, app, live }: ReconcileOrder, container: Container): Promise<void> {
  if (!container.running || (!live && container.writes.length === 0)) return host.docker.remove(container.id);
  const record = await legibleRecord(host.files, app, releaseOf(container));
  await stopInPeace(host, container, record, live?.content.limits.drain ?? 0);
}

async function settleFolders({ host, app, live }: ReconcileOrder): Promise<string[]> {
  const mended: string[] = [];
  const known = new Set((await readLedger(host.files, app)).map(({ release }) => release));
  for (const release of await releaseFolders(host.files, app)) {
    if (known.has(release)) continue;
    const record = await legibleRecord(host.files, app, release);
    const isLive = release === live?.release;
    if (record) {
      const { sequence, actor, commit, run } = record.origin;
      await writeRow(host.files, app, {
        release,
        at: new Date(Math.min(sequence, host.now())).toISOString(),
        actor,
        ...(commit !== undefined && { commit }),
        ...(run !== undefined && { run }),
        sequence,
        images: imagesOf(record.content),
        result: isLive ? "live" : "interrupted",
        reason: isLive ? "its run was killed after the switch" : "its run was killed before the switch",
      });
      mended.push(
        `release ${release} was interrupted ${isLive ? "after the switch: it serves" : "before the switch: it is undone"}`,
      );
    }
    if (!isLive) await host.files.remove(releasePaths(app, release).folder);
  }
  return mended;
}
