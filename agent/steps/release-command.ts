import type { Attempt } from "../attempt";
import { PROCESS_LABEL, RELEASE_COMMAND } from "../compose";
import { Failure, reasonOf } from "../failure";

/** Runs the release command (e.g. migrations) once, in the new image, with the new environment, before anything else moves. */
export async function runReleaseCommand({ host, manifest, containers, say }: Attempt): Promise<undefined> {
  const container = containers.find(({ labels }) => labels[PROCESS_LABEL] === RELEASE_COMMAND);
  if (!manifest.release || !container) return;
  const command = manifest.release.command.join(" ");
  const code = await host.docker
    .runToEnd(container.id, manifest.limits.release, (line) => say(`  | ${line}`))
    .catch((thrown) => {
      throw new Failure(`«${command}» ${reasonOf(thrown)}`, container.id);
    });
  if (code !== 0) throw new Failure(`«${command}» ended with exit code ${code}`, container.id);
  await host.docker.remove(container.id);
}
