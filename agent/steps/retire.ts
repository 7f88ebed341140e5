import type { Attempt } from "../attempt";
import { APP_LABEL, PROCESS_LABEL, RELEASE_LABEL } from "../compose";
import type { Container } from "../host";
import { appPaths, releasePaths } from "../paths";

/** Milliseconds between two looks at the connections of an old release. */
const POLL = 50;
/** Seconds an old process has at the least between SIGTERM and SIGKILL, unless the limit of the drain is shorter. */
const GRACE = 5;
/** Folders of releases that stay: the live one and those one may want to go back to. */
const KEPT = 5;

/**
 * Stops what served before. A process that the edge leads to is asked to stop once its last request is done, so that even an app
 * that drops everything at SIGTERM loses none; workers are asked at once.
 */
export async function retire(attempt: Attempt): Promise<undefined> {
  const { host, manifest, release } = attempt;
  const all = await host.docker.containers(`${APP_LABEL}=${manifest.app}`);
  const old = all.filter(({ labels }) => labels[RELEASE_LABEL] !== String(release));
  await Promise.all(old.map((container) => stopInPeace(attempt, container)));
  await prune(attempt);
}

async function stopInPeace({ host, manifest, live }: Attempt, container: Container): Promise<void> {
  const drain = manifest.limits.drain;
  const deadline = host.now() + drain * 1000;
  const ports = live?.ports[container.labels[PROCESS_LABEL] ?? ""] ?? [];
  const busy = async () => (await Promise.all(ports.map((port) => host.connections(port)))).some((count) => count > 0);
  while (container.running && host.now() < deadline && (await busy())) await host.sleep(POLL);
  const left = (deadline - host.now()) / 1000;
  await host.docker.stop(container.id, Math.max(left, Math.min(GRACE, drain)));
  await host.docker.remove(container.id);
}

/** Removes the folders of releases long gone; images and volumes stay. */
async function prune({ host, manifest, release }: Attempt): Promise<void> {
  const releases = (await host.files.list(appPaths(manifest.app).releases)).map(Number).sort((a, b) => b - a);
  const gone = releases.slice(KEPT).filter((number) => number !== release);
  await Promise.all(gone.map((number) => host.files.remove(releasePaths(manifest.app, number).folder)));
}
