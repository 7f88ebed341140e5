import { type Attempt, recordOf } from "../attempt";
import { belongsTo, processOf, recordContainers } from "../containers";
import type { Host } from "../host";
import { isLasting, phasesOf } from "../processes";
import type { ReleaseRecord } from "../record";
import { startedIn, startUntilFit } from "./start";
import { graceOf } from "./stop";

/** Whether the release replaces, or ends, any process whose old one stops last of all. */
export function hasWorkers({ manifest, kept, live }: Pick<Attempt, "manifest" | "kept" | "live">): boolean {
  const old = live ? Object.keys(live.content.processes).filter((name) => isWorker(live, name) && !(name in kept)) : [];
  return old.length > 0 || startedIn({ manifest, kept }, "worker").length > 0;
}

/** Lets the old workers finish and stop, then starts the new ones. The old containers stay, in case they must start again. */
export async function moveWorkers(attempt: Attempt): Promise<undefined> {
  const { host, manifest, live } = attempt;
  if (live) await stopWorkers(host, live, recordOf(attempt), manifest.limits.drain);
  await startUntilFit(attempt, startedIn(attempt, "worker"));
}

/** Lets a release's workers finish, within `drain` seconds, and stop; those that go on in the one after it do so. */
export async function stopWorkers(
  host: Host,
  live: ReleaseRecord,
  next: Pick<ReleaseRecord, "release" | "kept">,
  drain: number,
): Promise<void> {
  const all = await recordContainers(host, live);
  const old = all.filter((one) => one.running && !belongsTo(one, next) && isWorker(live, processOf(one)));
  await Promise.all(old.map((container) => host.docker.stop(container.id, graceOf(container, live, drain))));
}

/** Starts again what the new release has stopped of the old one. By now nothing of the new one does its work any more. */
export async function bringOldBack({ host, live }: Attempt): Promise<void> {
  if (!live) return;
  const old = await recordContainers(host, live);
  const down = old.filter((container) => !container.running && isLasting(processOf(container), live.content));
  await Promise.all(down.map(({ id }) => host.docker.start(id)));
}

function isWorker({ content }: ReleaseRecord, name: string): boolean {
  return phasesOf(content)[name] === "worker";
}
