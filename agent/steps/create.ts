import { type Attempt, recordOf } from "../attempt";
import { APP_LABEL, networkName, projectName, volumeName } from "../compose";
import { recordContainers } from "../containers";
import { releasePaths } from "../paths";

/** Makes network, volumes and containers; nothing runs yet. Compose is asked this once, for all that a service's words mean. */
export async function create(attempt: Attempt): Promise<undefined> {
  const { host, manifest, release } = attempt;
  const labels = { [APP_LABEL]: manifest.app };
  await Promise.all([
    host.docker.network(networkName(manifest.app), labels),
    ...manifest.volumes.map((volume) => host.docker.volume(volumeName(manifest.app, volume), labels)),
  ]);
  const folder = releasePaths(manifest.app, release).folder;
  await host.docker.create(folder, projectName(manifest.app, release), {
    RELEASE: String(release),
    ...manifest.environment,
  });
  attempt.containers = await recordContainers(host, recordOf(attempt));
}
