import type { Attempt } from "../attempt";
import type { Host } from "../host";
import { readLedger } from "../ledger";
import { APPS } from "../paths";
import { legibleRecord, releaseFolders, servingRecord } from "../record";

/** Removes images that releases of this app brought here and no release on record needs any more, of this app or another. */
export async function prune({ host, manifest }: Pick<Attempt, "host" | "manifest">): Promise<string | undefined> {
  const { app, processes } = manifest;
  const needed = [...Object.values(processes).map(({ image }) => image), ...(await onRecord(host, () => true))];
  const count = await removeOthers(host, app, needed);
  return count === 0 ? undefined : `${count} old ${count === 1 ? "image" : "images"} removed`;
}

/** Removes images that releases of an app brought here and no other app needs; resolves with how many. The app's own containers are gone. */
export async function pruneAll(host: Host, app: string): Promise<number> {
  return removeOthers(host, app, await onRecord(host, (other) => other !== app));
}

/** Images of the releases on record of those apps. */
async function onRecord(host: Host, counts: (app: string) => boolean): Promise<readonly string[]> {
  const images: string[] = [];
  for (const app of (await host.files.list(APPS)).filter(counts)) {
    const records = await Promise.all(
      (await releaseFolders(host.files, app)).map((release) => legibleRecord(host.files, app, release)),
    );
    for (const record of [...records, await servingRecord(host.files, app)])
      images.push(...Object.values(record?.content.processes ?? {}).map(({ image }) => image));
  }
  return images;
}

/** What the ledger doesn't know stays, and a volume is never touched. */
async function removeOthers(host: Host, app: string, needed: readonly string[]): Promise<number> {
  const [rows, images] = await Promise.all([readLedger(host.files, app), host.docker.images()]);
  const stays = new Set(needed);
  const brought = new Set(rows.flatMap((row) => Object.values(row.images)));
  const old = images.flatMap(({ digests }) => digests).filter((digest) => brought.has(digest) && !stays.has(digest));
  const gone = await Promise.all(old.map((digest) => host.docker.removeImage(digest)));
  return gone.filter(Boolean).length;
}
