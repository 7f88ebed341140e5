import { processOf } from "../containers";
import { secondsOf } from "../duration";
import type { Container, Host } from "../host";
import type { ReleaseRecord } from "../record";

/** Milliseconds between two looks at the connections of an old release. */
const POLL = 50;
/**
 * Looks in a row that must find none where the edge was led elsewhere only now: it may have looked the port up just before, and come to it
 * a moment later. On a busy machine that takes it a tenth of a second.
 */
export const JUST_SWITCHED = 8;
/** Seconds a process has at the least between SIGTERM and SIGKILL, unless the limit of the drain is shorter. */
const GRACE = 5;
/** The same for a server that keeps files: Redis writes all it holds to disk, and Postgres what it has not yet. Docker's own limit is 10. */
const GRACE_WITH_FILES = 120;

/**
 * Stops and removes a container that served. One that the edge leads to is asked to stop once its last request is done, so that even an
 * app that drops everything at SIGTERM loses none; a worker is asked at once. `drain` is the limit, in seconds; `looks` is how many in a row
 * must find it idle.
 */
export async function stopInPeace(
  host: Host,
  container: Container,
  record: ReleaseRecord | undefined,
  drain: number,
  looks = 1,
): Promise<void> {
  await quiesce(host, container, record, drain, looks);
  await host.docker.remove(container.id);
}

/** The same, and the container stays, in case it must start again. */
export async function quiesce(
  host: Host,
  container: Container,
  record: ReleaseRecord | undefined,
  drain: number,
  looks = 1,
): Promise<void> {
  const deadline = host.now() + drain * 1000;
  const ports = record?.ports[processOf(container)] ?? [];
  const busy = async () => (await Promise.all(ports.map((port) => host.connections(port)))).some((count) => count > 0);
  for (let idle = 0; container.running && ports.length > 0 && host.now() < deadline; await host.sleep(POLL)) {
    idle = (await busy()) ? 0 : idle + 1;
    if (idle >= looks) break;
  }
  const left = Math.max((deadline - host.now()) / 1000, Math.min(GRACE, drain));
  if (container.running) await host.docker.stop(container.id, graceOf(container, record, left));
}

/** Seconds between SIGTERM and SIGKILL: what the compose file says, else what a server needs to write down what it holds, else `drain`. */
export function graceOf(container: Container, record: ReleaseRecord | undefined, drain: number): number {
  const name = processOf(container);
  const own = secondsOf(record?.content.processes[name]?.compose.stop_grace_period);
  if (own !== undefined) return own;
  const isRouted = record?.content.routes.some(({ process }) => process === name) ?? false;
  return container.writes.length > 0 && !isRouted ? Math.max(drain, GRACE_WITH_FILES) : drain;
}
