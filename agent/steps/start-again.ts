import { processOf } from "../containers";
import type { Container, Host } from "../host";
import { isLasting } from "../processes";
import type { ReleaseRecord } from "../record";

/**
 * Starts those of a release's containers that should run and don't, e.g. because a kill came between the end of the old workers and the
 * start of the new ones. What can't be started is left to the release or the person who comes next; what Docker starts over and over is
 * left to Docker. Resolves with those it has started.
 */
export async function startAgain(
  host: Host,
  { content }: ReleaseRecord,
  containers: readonly Container[],
): Promise<readonly Container[]> {
  const start = async (container: Container) => {
    if ((await host.docker.condition(container.id)).status === "restarting") return [];
    await host.docker.start(container.id);
    return [container];
  };
  const down = containers.filter((container) => !container.running && isLasting(processOf(container), content));
  return (await Promise.all(down.map((container) => start(container).catch(() => [])))).flat();
}
