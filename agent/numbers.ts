/** Numbers of releases. Each is given once, whatever becomes of its release, of its folder and of its row in the ledger. */
import { Failure, reasonOf } from "./failure";
import type { Files } from "./host";
import { readLedger } from "./ledger";
import { ReleaseNumber } from "./manifest";
import { appPaths } from "./paths";
import { readLive, releaseFolders } from "./record";

/**
 * Reserves the next number of an app, before anything of its release is made: the mark is on the disk by then. What the ledger, the folders
 * and the snapshots tell counts as well: an older engine left no mark.
 * @throws Failure if it can't be written down
 */
export async function reserveNumber(files: Files, app: string): Promise<number> {
  const next = 1 + (await highestNumber(files, app));
  await files.write(appPaths(app).number, `${next}\n`, 0o600).catch((thrown: unknown) => {
    throw new Failure(
      `release ${next} of ${app} can't be begun, since its number can't be written down: ${reasonOf(thrown)}. Nothing was changed`,
    );
  });
  return next;
}

async function highestNumber(files: Files, app: string): Promise<number> {
  const paths = appPaths(app);
  const [mark, rows, folders, live, dumps] = await Promise.all([
    files.read(paths.number),
    readLedger(files, app),
    releaseFolders(files, app),
    readLive(files, app),
    files.list(paths.snapshots),
  ]);
  const told = [Number(mark), ...dumps.map((name) => Number(/^(\d+)\.(dump|json)$/.exec(name)?.[1]))];
  return Math.max(
    0,
    live?.release ?? 0,
    ...rows.map(({ release }) => release),
    ...folders,
    // A mark that can't be read is no number.
    ...told.filter((one) => ReleaseNumber.safeParse(one).success),
  );
}
