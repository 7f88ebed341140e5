/** What becomes of a release that will not serve: all of it goes, and what it has moved or stopped comes back. */
import type { Attempt } from "./attempt";
import { processOf, releaseContainers } from "./containers";
import { reasonOf } from "./failure";
import type { Container } from "./host";
import { releasePaths } from "./paths";
import { isStopFirst } from "./processes";
import { closeDoors, switchBack } from "./steps/edge";
import { handedBackText } from "./steps/handOver";
import { bringBack } from "./steps/move";
import { share } from "./steps/share";
import { JUST_SWITCHED, stopInPeace } from "./steps/stop";
import { bringOldBack } from "./steps/workers";
import type { Voice } from "./voice";

/** Leads back what has been moved and removes everything of a release that will not serve. What can't be done now the next run does. */
export async function undo(attempt: Attempt, voice: Voice): Promise<void> {
  const { host, manifest, release, live } = attempt;
  try {
    if (attempt.switched) await switchBack(attempt);
    else if (attempt.waiting) await closeDoors(host, manifest.app, (other) => other !== release);
    if (attempt.shared) await share(host, [live?.content ?? { app: manifest.app, processes: {}, routes: [] }]);
    await removeOwn(attempt);
    const back = handedBackText(attempt);
    if (back) voice.complain(`! ${back}`);
    await host.files.remove(releasePaths(manifest.app, release).folder);
  } catch (thrown) {
    voice.complain(
      `! something of release ${release} is left and will be removed by the next run: ${reasonOf(thrown)}`,
    );
  }
}

/**
 * What has served ends what it has begun, and what writes files writes them down. What takes work, or has a volume, must be gone before its
 * predecessor starts again.
 */
async function removeOwn(attempt: Attempt): Promise<void> {
  const { host, manifest, record, release, switched } = attempt;
  const end = (container: Container) =>
    switched || container.writes.length > 0
      ? stopInPeace(host, container, record, manifest.limits.drain, JUST_SWITCHED)
      : host.docker.remove(container.id);
  const ours = await releaseContainers(host, manifest.app, release);
  const isFirst = (container: Container) => isStopFirst(processOf(container), manifest) || container.writes.length > 0;
  const bringThemBack = async () => {
    await (attempt.stopped ? bringBack(attempt) : undefined);
    await bringOldBack(attempt);
  };
  await Promise.all([
    Promise.all(ours.filter(isFirst).map(end)).then(bringThemBack),
    ...ours.filter((container) => !isFirst(container)).map(end),
  ]);
}
