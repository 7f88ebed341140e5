/**
 * Hands volumes over: the old containers that write them stop, and only then their successors start. Two servers on the same files lose what
 * one of them has acknowledged, so who has them is asked of Docker, whatever the processes are called and whatever an old release said.
 */
import { type Attempt, recordOf } from "../attempt";
import { volumeName } from "../compose";
import { belongsTo, processOf, releaseContainers } from "../containers";
import type { Container } from "../host";
import { isStopFirst, uploadVolumes } from "../processes";
import { counted } from "../words";
import { openDoorsOf } from "./edge";
import { startedIn, startUntilFit } from "./start";
import { graceOf, JUST_SWITCHED, quiesce } from "./stop";

/** Exit code of what SIGKILL has ended. */
const KILLED = 137;

/** Whether the release has any process that starts before its release command. */
export function hasEarly(attempt: Attempt): boolean {
  return startedIn(attempt, "early").length > 0;
}

/** Starts the servers that the rest of the release needs; what visitors use goes on with them. */
export async function startEarly(attempt: Attempt): Promise<string | undefined> {
  return replace(attempt, startedIn(attempt, "early"));
}

/** Whether the release has any process that visitors wait for while it is replaced. */
export function hasInPlace(attempt: Attempt): boolean {
  return startedIn(attempt, "in place").length > 0;
}

/** Has visitors wait, lets the old ones finish and stop, and starts the new ones. */
export async function startInPlace(attempt: Attempt): Promise<string | undefined> {
  const names = startedIn(attempt, "in place");
  attempt.waiting = true;
  // Nothing listens at the new ports yet: the edge asks there again and again, while requests under way end at the old ones.
  await openDoorsOf(attempt.host, recordOf(attempt), names);
  return replace(attempt, names);
}

async function replace(attempt: Attempt, names: readonly string[]): Promise<string | undefined> {
  const { host, manifest, live, say } = attempt;
  const old = await predecessors(attempt, names);
  const begun = host.now();
  attempt.handedOver = [...(attempt.handedOver ?? []), ...old];
  // All of them have ended, or have failed to, before anything is undone.
  const ends = await Promise.allSettled(
    old.map((one) => quiesce(host, one, live, manifest.limits.drain, JUST_SWITCHED)),
  );
  for (const end of ends) if (end.status === "rejected") throw end.reason;
  for (const container of old) {
    const { exitCode } = await host.docker.condition(container.id);
    if (exitCode === KILLED) {
      const grace = Math.round(graceOf(container, live, manifest.limits.drain));
      say(`! ${container.name} was killed after ${grace} s: it does not end at its stop signal (shell as PID 1?)`);
    }
  }
  await startUntilFit(attempt, names);
  if (old.length === 0) return undefined;
  const stood = [...new Set(old.map(processOf))].join(", ");
  return `${stood} stood still for ${((host.now() - begun) / 1000).toFixed(2)} s: never two at once on a volume`;
}

/** Old containers that run and must have stopped before these processes start. */
async function predecessors(attempt: Attempt, names: readonly string[]): Promise<readonly Container[]> {
  const { host, manifest, live, containers } = attempt;
  const uploads = [manifest, ...(live ? [live.content] : [])].flatMap(uploadVolumes);
  const shared = new Set(uploads.map((volume) => volumeName(manifest.app, volume)));
  const stopFirst = names.filter((name) => isStopFirst(name, manifest));
  const taken = containers.filter((one) => stopFirst.includes(processOf(one))).flatMap(({ writes }) => writes);
  const isInTheWay = (container: Container) =>
    stopFirst.includes(processOf(container)) ||
    container.writes.some((place) => taken.includes(place) && !shared.has(place));
  const all = await releaseContainers(host, manifest.app);
  return all.filter((one) => one.running && !belongsTo(one, recordOf(attempt)) && isInTheWay(one));
}

/** What is told of a release that is undone after it has replaced something. */
export function handedBackText({ handedOver = [], live }: Attempt): string | undefined {
  if (handedOver.length === 0 || !live) return undefined;
  return `${counted(handedOver.length, "container")} of release ${live.release} started again: ${handedOver.map(({ name }) => name).join(", ")}`;
}
