/** `slipway copy-database`: fills an app's database, before its first release, with another app's data. */
import * as z from "zod";
import { expectOwn } from "./claim";
import { connectionEnvironment } from "./connection-url";
import { Failure } from "./failure";
import type { Host } from "./host";
import { openIntent } from "./intent";
import { underLease } from "./lease";
import { Name } from "./manifest";
import { appPaths } from "./paths";
import { readEnvironment, readLive } from "./record";
import { liveRecord } from "./run";
import { databaseUrl, megabytes, refuseFullDisk } from "./snapshots";
import { hold } from "./steps/hold";

/** What is copied, as it comes by standard input. */
export const CopyOrder = z.strictObject({
  /** The app whose data it is, on this host. */
  from: Name,
  /** The stack that asks. */
  stack: z.string().min(1),
  /** Of the database that is filled. */
  url: z.string().min(1),
  /** SQL that is run on the copy before anyone sees it. */
  scrub: z.string().optional(),
});
/** @see CopyOrder */
export type CopyOrder = z.infer<typeof CopyOrder>;

/** How a copy is run. */
export interface CopyOptions {
  /** Seconds to wait for whoever else changes the app. */
  readonly wait: number;
  readonly pid: number;
  readonly say: (line: string) => void;
}

/**
 * Copies it, whole and scrubbed or not at all. Data of an app that has been released is never replaced.
 * @returns what was done, in words
 * @throws Failure if there is nothing to copy from, no room for a dump, or in Postgres's own words
 */
export async function copyDatabase(host: Host, app: string, order: CopyOrder, options: CopyOptions): Promise<string> {
  const owner = `${order.stack}, slipway copy-database ${app}, pid ${options.pid}`;
  return underLease(host, { app, owner, ...options }, () => copy(host, app, order, options.say));
}

async function copy(host: Host, app: string, { from, stack, url, scrub }: CopyOrder, say: (line: string) => void) {
  await expectOwn(host.files, app, stack);
  if (await readLive(host.files, app)) return `${app} has been released already: its data stays as it is`;
  const { release, content } = await liveRecord(host, from);
  const environment = await readEnvironment(host.files, from, release);
  const source = environment && databaseUrl(content, environment);
  if (source === undefined) throw new Failure(`release ${release} of ${from} has no database that slipway knows of`);
  const size = await host.database.size(source);
  if (size === 0) return `the database of ${from} has no table: there is nothing to copy`;
  await refuseFullDisk(host, app, size);
  const path = appPaths(app).copy;
  const at = new Date(host.now()).toISOString();
  const intent = await openIntent(host.files, app, { kind: "copy", at, actor: stack, from });
  const clear = async () => {
    for (const left of [path, `${path}.sha256`]) await host.files.remove(left);
  };
  try {
    // An older engine may have left one.
    await clear();
    await hold(host, "dump", say);
    const { searchPath } = await host.database.role(source);
    const bytes = await host.database.dump(source, path);
    await hold(host, "fill", say);
    await host.database.restore(url, path, { owner: connectionEnvironment(source).PGUSER, after: scrub, searchPath });
    return `the data of ${from}${scrub === undefined ? "" : ", scrubbed"}: ${megabytes(bytes)}`;
  } finally {
    await hold(host, "clear away", say);
    await clear();
    await intent.close();
  }
}
