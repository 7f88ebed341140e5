import type { Attempt } from "../attempt";
import { readLedger } from "../ledger";
import { APPS, appPaths } from "../paths";
import { readRecord } from "../record";

/**
 * Removes images that releases of this app brought here and no release on record needs any more, of this app or another. What the ledger
 * doesn't know stays, and a volume is never touched.
 */
export async function prune({ host, manifest }: Pick<Attempt, "host" | "manifest">): Promise<string | undefined> {
  const [rows, apps, images] = await Promise.all([
    readLedger(host.files, manifest.app),
    host.files.list(APPS),
    host.docker.images(),
  ]);
  const needed = new Set(Object.values(manifest.processes).map(({ image }) => image));
  for (const app of apps) {
    for (const release of await host.files.list(appPaths(app).releases)) {
      const record = await readRecord(host.files, app, Number(release));
      for (const { image } of Object.values(record?.content.processes ?? {})) needed.add(image);
    }
  }
  const brought = new Set(rows.flatMap((row) => Object.values(row.images)));
  const old = images.flatMap(({ digests }) => digests).filter((digest) => brought.has(digest) && !needed.has(digest));
  const gone = await Promise.all(old.map((digest) => host.docker.removeImage(digest)));
  const count = gone.filter(Boolean).length;
  return count === 0 ? undefined : `${count} old ${count === 1 ? "image" : "images"} removed`;
}
