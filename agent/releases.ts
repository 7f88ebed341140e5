/** `slipway releases`: the ledger, with what can still be gone back to. */
import { Failure } from "./failure";
import type { Host } from "./host";
import { type Row, readLedger } from "./ledger";
import { appPaths } from "./paths";
import { readLive } from "./record";
import { logPath } from "./run-log";

/** A row of the ledger and how things are with it now. */
export interface ListedRelease extends Row {
  readonly live: boolean;
  /** Whether the host still has what it takes to go back to it. */
  readonly onRecord: boolean;
}

/** Every release of an app that was ever tried, oldest first. @throws Failure if there is none */
export async function listReleases(host: Host, app: string): Promise<readonly ListedRelease[]> {
  const [rows, live, folders] = await Promise.all([
    readLedger(host.files, app),
    readLive(host.files, app),
    host.files.list(appPaths(app).releases),
  ]);
  if (rows.length === 0)
    throw new Failure(`no release of ${app} was ever tried on this host; «slipway status» lists the apps`);
  return rows.map((row) => ({
    ...row,
    live: row.release === live?.release,
    onRecord: row.result === "live" && folders.includes(String(row.release)),
  }));
}

/** One release and what it printed, as far as that is kept. @throws Failure if there is no such release */
export async function findRelease(
  host: Host,
  app: string,
  release: number,
): Promise<ListedRelease & { readonly printed?: string }> {
  const all = await listReleases(host, app);
  const found = all.find((row) => row.release === release);
  if (!found)
    throw new Failure(
      `there was no release ${release} of ${app} on this host; the ledger has ${all[0]?.release} to ${all.at(-1)?.release}`,
    );
  const printed = await host.files.read(logPath(app, release));
  return { ...found, ...(printed !== undefined && { printed }) };
}
