import { processOf } from "../containers";
import type { Container, Host } from "../host";
import type { ReleaseRecord } from "../record";

/** Milliseconds between two looks at the connections of an old release. */
const POLL = 50;
/** Seconds a process has at the least between SIGTERM and SIGKILL, unless the limit of the drain is shorter. */
const GRACE = 5;

/**
 * Stops and removes a container that served. One that the edge leads to is asked to stop once its last request is done, so that even an
 * app that drops everything at SIGTERM loses none; a worker is asked at once. `drain` is the limit, in seconds.
 */
export async function stopInPeace(
  host: Host,
  container: Container,
  record: ReleaseRecord | undefined,
  drain: number,
): Promise<void> {
  const deadline = host.now() + drain * 1000;
  const ports = record?.ports[processOf(container)] ?? [];
  const busy = async () => (await Promise.all(ports.map((port) => host.connections(port)))).some((count) => count > 0);
  while (container.running && host.now() < deadline && (await busy())) await host.sleep(POLL);
  const left = (deadline - host.now()) / 1000;
  if (container.running) await host.docker.stop(container.id, Math.max(left, Math.min(GRACE, drain)));
  await host.docker.remove(container.id);
}
