import { type Attempt, recordOf } from "../attempt";
import { APP_LABEL, volumeName } from "../compose";
import type { Host } from "../host";
import type { ReleaseRecord } from "../record";

/** The part of a release that says which of its volumes the edge serves. */
export type Sharing = Pick<ReleaseRecord["content"], "app" | "processes" | "routes">;

/** Whether the edge serves uploads of this release, or of the one it replaces. */
export function hasMedia({ manifest, live }: Attempt): boolean {
  return [manifest, live?.content].some((content) => content && mediaVolumes(content).length > 0);
}

/** Before the switch the edge needs the volumes of both releases. By now whoever starts with an empty volume has made it theirs. */
export async function shareBoth(attempt: Attempt): Promise<undefined> {
  attempt.shared = true;
  await share(attempt.host, [recordOf(attempt).content, ...(attempt.live ? [attempt.live.content] : [])]);
}

/** Lets the edge read exactly the volumes that these releases of one app have it serve; resolves with whether it was otherwise. */
export async function share(host: Host, [first, ...others]: readonly [Sharing, ...Sharing[]]): Promise<boolean> {
  const { app } = first;
  const volumes = new Set([first, ...others].flatMap(mediaVolumes));
  // One that was removed by hand comes back empty, rather than keep releases from being made.
  for (const volume of volumes) await host.docker.volume(volumeName(app, volume), { [APP_LABEL]: app });
  return host.shares.set(app, Object.fromEntries([...volumes].map((volume) => [volume, volumeName(app, volume)])));
}

function mediaVolumes({ processes, routes }: Sharing): readonly string[] {
  const routed = Object.entries(processes).filter(([name]) => routes.some(({ process }) => process === name));
  return routed.flatMap(([, { media }]) => (media ? [media.volume] : []));
}
