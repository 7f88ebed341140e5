/** Snapshots: dumps of an app's database on its host, each with a few words on what it is. */
import * as z from "zod";
import { Failure } from "./failure";
import type { Files, Host, ReadBack } from "./host";
import type { Manifest } from "./manifest";
import { appPaths } from "./paths";
import { readRestores } from "./restores";
import { jsonOf } from "./stored";
import { momentText, tableText } from "./words";

/** What is known of a snapshot. */
export const Snapshot = z.object({
  /** Number of the release whose release command ran next, or `before-restore-N`. */
  id: z.string(),
  /** ISO 8601, when it was begun. */
  at: z.string(),
  actor: z.string(),
  /** Of the dump. */
  bytes: z.number(),
  /** The release that was live then. */
  live: z.number().int().optional(),
  /** Role whose tables it holds, where that was another database's. */
  owner: z.string().optional(),
  /** Whose dump it is. */
  role: z.string().optional(),
  /** What that role found without naming a schema; see `Database`. */
  searchPath: z.string().optional(),
  /** Whether it can be read back; not tried yet where left out. */
  readBack: z.object({ result: z.enum(["ok", "failed", "not tried"]), reason: z.string().optional() }).optional(),
});
/** @see Snapshot */
export type Snapshot = z.infer<typeof Snapshot>;

/** Part of the database's size that must be free on the disk before it is dumped, all at once; a dump is packed and never needs it all. */
const ROOM = 1.1;

const SAFETY = "before-restore-";

/** The engine's command that tries snapshots. */
const READ_BACK = "read-back";

/** Path of a snapshot's dump. */
export const dumpPath = (app: string, id: string) => `${appPaths(app).snapshots}/${id}.dump`;
const notePath = (app: string, id: string) => `${appPaths(app).snapshots}/${id}.json`;

/** The URL of an app's database; none where it has none. */
export function databaseUrl(
  { database }: Pick<Manifest, "database">,
  environment: Readonly<Record<string, string>>,
): string | undefined {
  return database && environment[database.url];
}

/** Name of the advisory lock under which an app's database changes. */
export const databaseLock = (app: string) => `slipway:${app}`;

/** What is dumped, and for whom. */
export interface SnapshotOrder {
  readonly app: string;
  readonly url: string;
  /** Bytes of the database. */
  readonly size: number;
  readonly id: string;
  readonly actor: string;
  readonly live: number | undefined;
  /** Role whose tables it holds, where the app may have another one later. */
  readonly owner?: string;
}

/** Dumps a database, whole or not at all. @throws Failure if the disk has no room for it, or in Postgres's own words */
export async function takeSnapshot(
  host: Host,
  { app, url, size, id, actor, live, owner }: SnapshotOrder,
): Promise<Snapshot> {
  const names = await host.files.list(appPaths(app).snapshots);
  if (names.some((name) => name === `${id}.dump` || name === `${id}.json`))
    throw new Failure(`there is a snapshot ${id} of ${app} already, and no snapshot is ever written over`);
  await refuseFullDisk(host, app, size);
  const at = new Date(host.now()).toISOString();
  const { role, searchPath } = await host.database.role(url);
  const bytes = await host.database.dump(url, dumpPath(app, id));
  const made: Snapshot = {
    id,
    at,
    actor,
    bytes,
    ...(live !== undefined && { live }),
    ...(owner !== undefined && { owner }),
    role,
    searchPath,
  };
  await host.files.write(notePath(app, id), `${JSON.stringify(made)}\n`, 0o600);
  // It is a snapshot all the same where nobody can try it: its note says so.
  await host.inBackground(READ_BACK, app).catch(() => {});
  return made;
}

/** Notes whether a snapshot can be read back, unless it is gone by now, or another has its name. */
export async function noteReadBack(files: Files, app: string, { id, at }: Snapshot, readBack: ReadBack): Promise<void> {
  const found = (await readSnapshots(files, app)).find((one) => one.id === id && one.at === at);
  if (found) await files.write(notePath(app, id), `${JSON.stringify({ ...found, readBack })}\n`, 0o600);
}

/** An app's snapshots, the newest first. A dump whose note is gone or can't be read is left out: nobody knows what it is. */
export async function readSnapshots(files: Files, app: string): Promise<readonly Snapshot[]> {
  const names = await files.list(appPaths(app).snapshots);
  const notes = names.filter((name) => name.endsWith(".json") && names.includes(name.replace(/json$/, "dump")));
  const found = await Promise.all(
    notes.map(async (name) => {
      const text = await files.read(`${appPaths(app).snapshots}/${name}`);
      return Snapshot.safeParse(jsonOf(text ?? "")).data;
    }),
  );
  return found.filter((one) => one !== undefined).sort((a, b) => (a.at < b.at ? 1 : -1));
}

/** The snapshot of that name. @throws Failure that lists those there are */
export async function findSnapshot(files: Files, app: string, id: string): Promise<Snapshot> {
  const all = await readSnapshots(files, app);
  const found = all.find((one) => one.id === id);
  if (found) return found;
  const listed = all.map((one) => one.id).join(", ") || "none";
  throw new Failure(`${app} has no snapshot ${id}; there are: ${listed} («slipway restore ${app} --list» tells more)`);
}

/** Which of the snapshots stay, and why one does that is not among the newest. */
export interface KeepOrder {
  /** Id of the one that was just made. */
  readonly made: string;
  /** The release that serves; none before the first. */
  readonly live: number | undefined;
  /** How many of its kind stay. */
  readonly keep: number;
}

/**
 * Ids of the snapshots that may go: of the kind of `made`, all but the newest. The first since the live release went live always stays: what
 * failed tries of a newer one, or one restore after another, have done to the data since then is in all the others. By number, not by time:
 * a clock may have been wrong.
 */
export function oldSnapshots(all: readonly Snapshot[], { made, live, keep }: KeepOrder): readonly string[] {
  const isSafety = made.startsWith(SAFETY);
  const alike = all.filter(({ id }) => id.startsWith(SAFETY) === isSafety).sort((a, b) => numberOf(b) - numberOf(a));
  const first = alike.findLast((one) => one.live === live)?.id;
  const stay = new Set([made, ...(first === undefined ? [] : [first])]);
  for (const { id } of alike) if (stay.size < keep) stay.add(id);
  return alike.map(({ id }) => id).filter((id) => !stay.has(id));
}

function numberOf({ id }: Snapshot): number {
  return Number(id.replace(SAFETY, ""));
}

/** Removes the snapshots that may go, and what killed dumps left behind. A whole dump that nobody knows stays. */
export async function pruneSnapshots(files: Files, app: string, order: KeepOrder): Promise<void> {
  const folder = appPaths(app).snapshots;
  const old = oldSnapshots(await readSnapshots(files, app), order);
  const names = await files.list(folder);
  const stays = (name: string) => {
    const id = name.split(".")[0] ?? "";
    return !old.includes(id) && !name.endsWith(".draft") && names.includes(`${id}.dump`);
  };
  await Promise.all(names.filter((name) => !stays(name)).map((name) => files.remove(`${folder}/${name}`)));
}

/** A name for the snapshot that a restore takes first. */
export async function safetyId(files: Files, app: string): Promise<string> {
  const [names, restores] = await Promise.all([files.list(appPaths(app).snapshots), readRestores(files, app)]);
  const numbers = [...names, ...restores.map(({ before = "" }) => `${before}.`)].map((name) => {
    const number = new RegExp(`^${SAFETY}(\\d{1,9})\\.`).exec(name)?.[1];
    return number === undefined ? 0 : Number(number);
  });
  return `${SAFETY}${1 + Math.max(0, ...numbers)}`;
}

/** Refuses to fill the disk with a dump of a database of so many bytes. */
export async function refuseFullDisk(host: Host, app: string, size: number): Promise<void> {
  const { free } = await host.disk(appPaths(app).folder);
  const needed = size * ROOM;
  if (free >= needed) return;
  throw new Failure(
    `the disk has ${megabytes(free)} free, and a snapshot of the database may need ${megabytes(needed)}: remove old ones in ` +
      `${appPaths(app).snapshots}, run «sudo docker image prune», or enlarge the disk. ` +
      "A smaller snapshot.limit in the app's settings releases without one",
  );
}

/** Bytes as people say them, in MB; below ten with one digit after the point. */
export function megabytes(bytes: number): string {
  const value = bytes / 1e6;
  if (value < 0.05) return "less than 0.1 MB";
  return `${value.toLocaleString("en", { maximumFractionDigits: value < 9.95 ? 1 : 0 })} MB`;
}

/** The snapshots as a table, the newest first. */
export function snapshotsText(snapshots: readonly Snapshot[]): readonly string[] {
  return tableText([
    ["snapshot", "when (UTC)", "size", "from", "live then", "who", "reads back"],
    ...snapshots.map(({ id, at, bytes, live, actor, readBack }) => [
      id,
      momentText(at),
      megabytes(bytes),
      id.startsWith(SAFETY) ? "before a restore" : `before release ${id}`,
      live === undefined ? "nothing" : `release ${live}`,
      actor,
      readBackText(readBack),
    ]),
  ]);
}

/** Whether a snapshot can be read back, in a few words. */
export function readBackText(readBack: ReadBack | undefined): string {
  if (readBack?.result === "ok") return "yes";
  const [reason] = readBack?.reason?.split("\n") ?? [];
  return `${readBack?.result === "failed" ? "no" : "not tried"}${reason ? `: ${reason}` : ""}`;
}
