import { type Attempt, recordOf } from "../attempt";
import { processOf, releaseContainers } from "../containers";
import type { Container, Host } from "../host";
import type { Manifest } from "../manifest";
import { isStopFirst } from "../processes";
import type { ReleaseRecord } from "../record";
import { lastingContainers, untilFit } from "./health";
import { startProcesses } from "./start";

/** Whether the app has any process whose old one stops first. */
export function hasWorkers({ manifest }: Pick<Attempt, "manifest">): boolean {
  return Object.keys(manifest.processes).some((name) => isStopFirst(name, manifest));
}

/** Lets the old workers finish and stop, then starts the new ones. The old containers stay, in case they must start again. */
export async function moveWorkers(attempt: Attempt): Promise<undefined> {
  const { host, manifest, live } = attempt;
  if (live) await stopWorkers(host, live, manifest.limits.drain);
  await startProcesses(
    attempt,
    Object.keys(manifest.processes).filter((name) => isStopFirst(name, manifest)),
  );
  await untilFit(
    host,
    recordOf(attempt),
    lastingContainers(attempt).filter((container) => isStopFirst(processOf(container), manifest)),
  );
}

/** Lets a release's workers finish, within `drain` seconds, and stop. */
export async function stopWorkers(host: Host, { content, release }: ReleaseRecord, drain: number): Promise<void> {
  const workers = await workersOf(host, content, release);
  await Promise.all(workers.filter(({ running }) => running).map(({ id }) => host.docker.stop(id, drain)));
}

/** Starts the old workers again. */
export async function bringWorkersBack({ host, live }: Attempt): Promise<void> {
  if (!live) return;
  const old = await workersOf(host, live.content, live.release);
  await Promise.all(old.filter(({ running }) => !running).map(({ id }) => host.docker.start(id)));
}

async function workersOf(
  host: Host,
  content: Pick<Manifest, "app" | "processes" | "routes">,
  release: number,
): Promise<readonly Container[]> {
  const all = await releaseContainers(host, content.app, release);
  return all.filter((container) => isStopFirst(processOf(container), content));
}
