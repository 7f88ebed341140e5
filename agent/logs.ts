/** `slipway logs`: which containers to read. */
import { APP_LABEL, PROCESS_LABEL, RELEASE_LABEL } from "./compose";
import { Failure } from "./failure";
import type { Container, Host } from "./host";
import { readLive } from "./record";

/** Containers of the live release, of one process or of all. */
export async function loggedContainers(
  host: Host,
  app: string,
  process: string | undefined,
): Promise<readonly Container[]> {
  const live = await readLive(host.files, app);
  if (!live) throw new Failure(`no release of ${app} is live on this host; «slipway status» lists the apps`);
  const all = await host.docker.containers(`${APP_LABEL}=${app}`);
  const ours = all.filter(({ labels }) => labels[RELEASE_LABEL] === String(live.release));
  const found = ours.filter(({ labels }) => process === undefined || labels[PROCESS_LABEL] === process);
  if (found.length === 0) {
    const names = [...new Set(ours.map(({ labels }) => labels[PROCESS_LABEL]))].join(", ");
    throw new Failure(`release ${live.release} of ${app} has no process ${process}; it has: ${names || "none"}`);
  }
  return found;
}
