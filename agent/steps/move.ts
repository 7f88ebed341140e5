/**
 * Carries an app's data from the database it lives with to the one it is to have, with the app at rest: everything is counted on both sides
 * before the app sees the new one. The old one is only read.
 */
import * as z from "zod";
import type { Attempt } from "../attempt";
import { APP_LABEL } from "../compose";
import { connectionEnvironment } from "../connection-url";
import { isOneOff, releaseOf } from "../containers";
import { Failure } from "../failure";
import type { Container, Host } from "../host";
import { inMaintenance, setMaintenance } from "../maintenance";
import type { Manifest } from "../manifest";
import { appPaths } from "../paths";
import { type ReleaseRecord, readEnvironment } from "../record";
import { databaseLock, databaseUrl, dumpPath, megabytes, takeSnapshot } from "../snapshots";
import { counted } from "../words";

/** Seconds to wait for a migration of either database. */
const WAIT = 60;
/** How many differences are told. */
const TOLD = 5;

/** What is noted of a move while it goes on, in case it is cut off. */
const Note = z.object({
  /** Where the data goes to. */
  to: z.string(),
  /** Whether the maintenance page is the move's own. */
  closed: z.boolean(),
});

/** Whether the app's data is still to be carried over to the database it is to have. */
export async function isMoving({
  host,
  manifest,
  live,
}: Pick<Attempt, "host" | "manifest" | "live">): Promise<boolean> {
  const { move } = manifest;
  const to = databaseUrl(manifest, manifest.environment);
  if (!move || to === undefined) return false;
  const serving = live && (await urlOf(host, live));
  return serving === undefined || placeIn(serving) !== placeIn(to);
}

/** Does it; see the file's head. What it has closed and stopped, `bringBack` or `openAgain` opens and starts again. */
export async function moveDatabase(attempt: Attempt): Promise<string | undefined> {
  const { host, manifest, release, live } = attempt;
  const { app, move } = manifest;
  const to = databaseUrl(manifest, manifest.environment);
  if (!move || to === undefined) return undefined;
  if (!(await isMoving(attempt))) return "carried over before";
  const size = await host.database.size(move.url);
  if (size === 0) return `the database of mode ${move.from} has no table: there is nothing to carry over`;
  await refuseFilled(attempt, move, to);

  await close(attempt, to);
  await stopServing(attempt);
  const locks = [];
  try {
    for (const url of [move.url, to]) locks.push(await host.database.lock(url, databaseLock(app), WAIT));
    const before = await host.database.counts(move.url);
    const order = { app, url: move.url, size, id: String(release), actor: manifest.origin.actor, live: live?.release };
    const owner = userIn(move.url);
    const { bytes } = await takeSnapshot(host, { ...order, owner });
    attempt.snapshot = release;
    await host.database.restore(to, dumpPath(app, String(release)), owner);
    refuseDifferences(before, await host.database.counts(move.url), "the old database was written to meanwhile");
    const after = await host.database.counts(to);
    refuseDifferences(before, after, "not everything was carried over");
    attempt.moved = true;
    return `from ${move.from}: ${summary(after)}, ${megabytes(bytes)}; the dump is snapshot ${release}, and the old database stays as it was`;
  } finally {
    for (const lock of locks) await lock.free();
  }
}

/** Starts what served again and opens the app: the move is undone, and the old database is as it was. */
export async function bringBack(attempt: Attempt): Promise<void> {
  const { host, stopped = [] } = attempt;
  await Promise.all(stopped.map(({ id }) => host.docker.start(id)));
  attempt.stopped = [];
  await endMove(host, attempt.manifest.app);
}

/** Opens the app to its visitors: the new database is theirs from now on. */
export async function openAgain({ host, manifest }: Attempt): Promise<undefined> {
  await endMove(host, manifest.app);
  await host.files.remove(appPaths(manifest.app).move);
}

/**
 * Takes down the maintenance page of a move that is over or was cut off. That it was begun stays on record: what it has left in the new
 * database may be overwritten by the next try.
 * @returns whether there was one
 */
export async function endMove(host: Host, app: string): Promise<boolean> {
  const note = await readNote(host, app);
  if (!note?.closed) return false;
  await setMaintenance(host, app, false);
  await host.files.write(appPaths(app).move, `${JSON.stringify({ ...note, closed: false })}\n`, 0o600);
  return true;
}

/** A database with tables in it is nobody's to overwrite, unless an earlier try of this move has made them. */
async function refuseFilled({ host, manifest }: Attempt, { from }: NonNullable<Manifest["move"]>, to: string) {
  if ((await host.database.size(to)) === 0) return;
  const note = await readNote(host, manifest.app);
  if (note?.to === placeIn(to)) return;
  throw new Failure(
    `the new database of ${manifest.app} has tables already, so nothing is carried over from ${from}. If they are the app's data, take from out of ` +
      "its settings; if not, drop them first",
  );
}

async function close({ host, manifest: { app } }: Attempt, to: string): Promise<void> {
  const closed = !(await inMaintenance(host, app));
  await host.files.write(appPaths(app).move, `${JSON.stringify({ to: placeIn(to), closed })}\n`, 0o600);
  if (closed) await setMaintenance(host, app, true);
}

async function stopServing(attempt: Attempt): Promise<void> {
  const { host, manifest, release } = attempt;
  const all = await host.docker.containers(`${APP_LABEL}=${manifest.app}`);
  const running = all.filter((container) => container.running && releaseOf(container) !== release);
  attempt.stopped = running.filter((container: Container) => !isOneOff(container));
  await Promise.all(running.map(({ id }) => host.docker.stop(id, manifest.limits.drain)));
}

function refuseDifferences(before: Counts, after: Counts, why: string): void {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  const differing = names.filter((name) => before[name] !== after[name]);
  if (differing.length === 0) return;
  const told = differing.slice(0, TOLD).map((name) => `${name} ${before[name] ?? "none"} → ${after[name] ?? "none"}`);
  throw new Failure(
    `${why}: ${told.join(", ")}${differing.length > TOLD ? `, and ${differing.length - TOLD} more` : ""}`,
  );
}

type Counts = Readonly<Record<string, string>>;

function summary(counts: Counts): string {
  const tables = Object.entries(counts).filter(([name]) => name.startsWith("table "));
  const rows = tables.reduce((sum, [, count]) => sum + Number(count), 0);
  const sequences = Object.keys(counts).length - tables.length;
  return `${counted(tables.length, "table")} with ${counted(rows, "row")} and ${counted(sequences, "sequence")}, the same on both sides`;
}

async function urlOf(host: Host, { content, release }: ReleaseRecord): Promise<string | undefined> {
  const environment = await readEnvironment(host.files, content.app, release);
  return environment && databaseUrl(content, environment);
}

/** Which database of which server a URL leads to, without its password. */
function placeIn(url: string): string {
  const { PGHOST = "", PGPORT = "", PGDATABASE = "" } = connectionEnvironment(url);
  return `${PGHOST}:${PGPORT || "5432"}/${PGDATABASE}`;
}

function userIn(url: string): string {
  return connectionEnvironment(url).PGUSER ?? "";
}

async function readNote(host: Host, app: string): Promise<z.infer<typeof Note> | undefined> {
  const text = await host.files.read(appPaths(app).move);
  return text === undefined ? undefined : Note.safeParse(JSON.parse(text)).data;
}
