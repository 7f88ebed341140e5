/** Which containers of a host belong to an app's releases, and to what in them. */
import { APP_LABEL, PROCESS_LABEL, RELEASE_LABEL } from "./compose";
import type { Container, Host } from "./host";
import type { ReleaseRecord } from "./record";

/** What `docker-compose run` marks its containers with. */
const ONE_OFF = "com.docker.compose.oneoff";

/** Whether it runs a single command for someone: no release counts it, waits for it or ends it. */
export function isOneOff({ labels }: Container): boolean {
  return labels[ONE_OFF] === "True";
}

/** All containers of an app's releases, of one release where its number is given; one-offs are left out. */
export async function releaseContainers(host: Host, app: string, release?: number): Promise<readonly Container[]> {
  const all = await host.docker.containers(`${APP_LABEL}=${app}`);
  return all.filter((container) => !isOneOff(container) && (release === undefined || releaseOf(container) === release));
}

/** The containers that a release consists of: its own, and those of earlier ones that go on in it. */
export async function recordContainers(host: Host, record: Belonging): Promise<readonly Container[]> {
  return (await releaseContainers(host, record.content.app)).filter((container) => belongsTo(container, record));
}

/** Whether a container is part of a release. */
export function belongsTo(container: Container, { release, kept }: Pick<Belonging, "release" | "kept">): boolean {
  return releaseOf(container) === (kept?.[processOf(container)] ?? release);
}

/** What says which containers a release consists of. */
export type Belonging = Pick<ReleaseRecord, "release" | "kept"> & { readonly content: { readonly app: string } };

/** Name of the process a container runs. */
export function processOf({ labels }: Container): string {
  return labels[PROCESS_LABEL] ?? "";
}

/** Number of the release that made a container. */
export function releaseOf({ labels }: Container): number {
  return Number(labels[RELEASE_LABEL]);
}
