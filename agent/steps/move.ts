/**
 * Carries an app's data from the database it lives with to the one it is to have, with the app at rest: everything is counted on both sides
 * before the app sees the new one. The old one is only read.
 */
import * as z from "zod";
import type { Attempt } from "../attempt";
import { APP_LABEL } from "../compose";
import { connectionEnvironment } from "../connection-url";
import { isOneOff, recordContainers, releaseOf } from "../containers";
import { Failure } from "../failure";
import type { Container, Host } from "../host";
import { endIntent, openIntent, readIntent } from "../intent";
import { inMaintenance, setMaintenance } from "../maintenance";
import type { Manifest } from "../manifest";
import { appPaths } from "../paths";
import { type ReleaseRecord, readEnvironment } from "../record";
import { databaseLock, databaseUrl, dumpPath, megabytes, takeSnapshot } from "../snapshots";
import { jsonOf } from "../stored";
import { counted } from "../words";
import { hold } from "./hold";
import { graceOf } from "./stop";

/** Seconds to wait for a migration of either database. */
const WAIT = 60;
/** How many differences are told. */
const TOLD = 5;

/** That a move was begun: what it has left in the new database may be overwritten by the next try. It goes with its success. */
const Note = z.object({
  /** Where the data goes to. */
  to: z.string(),
  /** Whether the maintenance page is the move's own; an older engine noted it here. */
  closed: z.boolean().optional(),
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

  // From here on there is something to bring back.
  attempt.stopped = [];
  const held = (name: string) => hold(host, name, attempt.say);
  await held("close for the move");
  await close(attempt, to);
  await held("stop for the move");
  await stopServing(attempt);
  const locks = [];
  try {
    await held("dump for the move");
    for (const url of [move.url, to]) locks.push(await host.database.lock(url, databaseLock(app), WAIT));
    const before = await host.database.counts(move.url);
    const order = { app, url: move.url, size, id: String(release), actor: manifest.origin.actor, live: live?.release };
    const owner = userIn(move.url);
    const { bytes, searchPath } = await takeSnapshot(host, { ...order, owner });
    attempt.snapshot = release;
    await held("fill the new database");
    await host.database.restore(to, dumpPath(app, String(release)), { owner, searchPath });
    await held("count on both sides");
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
  await endMove(host, attempt.manifest.app, undefined);
}

/** Opens the app to its visitors: the new database is theirs from now on. */
export async function openAgain({ host, manifest, record }: Attempt): Promise<undefined> {
  await endMove(host, manifest.app, record);
}

/**
 * Opens the app after a move that is over or was cut off, and starts what it has stopped of the release that serves; of one that doesn't,
 * nothing may write to the database that was left behind.
 * @param live the release that serves
 * @returns whether the maintenance page was the move's own
 */
export async function endMove(host: Host, app: string, live: ReleaseRecord | undefined): Promise<boolean> {
  const [intent, note] = await Promise.all([readIntent(host.files, app), readNote(host, app)]);
  const move = intent?.kind === "move" ? intent : undefined;
  if (move && live) {
    const all = await recordContainers(host, live);
    const down = all.filter(({ id, running }) => !running && move.stopped.includes(id));
    await Promise.all(down.map(({ id }) => host.docker.start(id).catch(() => {})));
  }
  const closed = move?.closed ?? note?.closed ?? false;
  if (closed) await setMaintenance(host, app, false);
  // By the release that serves: what was carried over is its own now, and nobody's to overwrite.
  const url = live && (await urlOf(host, live));
  if (note && url !== undefined && placeIn(url) === note.to) await host.files.remove(appPaths(app).move);
  else if (note?.closed) await writeNote(host, app, note.to);
  if (move) await endIntent(host.files, app);
  return closed;
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

async function close(attempt: Attempt, to: string): Promise<void> {
  const { host, manifest, release } = attempt;
  const { app, origin } = manifest;
  const closed = !(await inMaintenance(host, app));
  const all = await host.docker.containers(`${APP_LABEL}=${app}`);
  const stopped = all.filter((one) => one.running && releaseOf(one) !== release && !isOneOff(one)).map(({ id }) => id);
  const at = new Date(host.now()).toISOString();
  await openIntent(host.files, app, { kind: "move", at, actor: origin.actor, closed, stopped });
  await writeNote(host, app, placeIn(to));
  if (closed) await setMaintenance(host, app, true);
}

async function writeNote(host: Host, app: string, to: string): Promise<void> {
  await host.files.write(appPaths(app).move, `${JSON.stringify({ to })}\n`, 0o600);
}

async function stopServing(attempt: Attempt): Promise<void> {
  const { host, manifest, release } = attempt;
  const all = await host.docker.containers(`${APP_LABEL}=${manifest.app}`);
  const running = all.filter((container) => container.running && releaseOf(container) !== release);
  attempt.stopped = running.filter((container: Container) => !isOneOff(container));
  const grace = (container: Container) => graceOf(container, attempt.live, manifest.limits.drain);
  await Promise.all(running.map((container) => host.docker.stop(container.id, grace(container))));
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
  // One that can't be read permits nothing: the next try is refused if the new database has tables.
  const text = await host.files.read(appPaths(app).move);
  return text === undefined ? undefined : Note.safeParse(jsonOf(text)).data;
}
