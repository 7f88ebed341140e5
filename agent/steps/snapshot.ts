import type { Attempt } from "../attempt";
import { databaseUrl, megabytes, pruneSnapshots, takeSnapshot } from "../snapshots";

/** Dumps the app's database as it is before the release command, unless it is empty or larger than the app's limit. */
export async function snapshot(attempt: Attempt): Promise<string | undefined> {
  const { host, manifest, release, live } = attempt;
  const { app } = manifest;
  const url = databaseUrl(manifest, manifest.environment);
  if (!manifest.snapshot || !manifest.release || url === undefined) return undefined;
  const { keep, limit } = manifest.snapshot;
  const size = await host.database.size(url);
  if (size === 0) return "none: the database has no table yet";
  if (size > limit * 1e6)
    return `skipped: the database has ${megabytes(size)}, more than the limit of ${megabytes(limit * 1e6)}`;
  const id = String(release);
  const { bytes } = await takeSnapshot(host, { app, url, size, id, actor: manifest.origin.actor, live: live?.release });
  attempt.snapshot = release;
  await pruneSnapshots(host.files, app, { made: id, live: live?.release, keep });
  return `${megabytes(bytes)}; restore with: sudo slipway restore ${app} ${release}`;
}
