/** `slipway rollback`: makes what an earlier release was the live one again, by the same gated release as any other. */
import * as z from "zod";
import { excessOfWords, refuse } from "./allowed";
import { Failure, reasonOf } from "./failure";
import { heldBecause, hold, resume } from "./held";
import type { Host } from "./host";
import { underLease } from "./lease";
import { type Row, readLedger } from "./ledger";
import { readLogin } from "./login";
import { Manifest, type Origin } from "./manifest";
import type { Outcome } from "./outcome";
import { appPaths } from "./paths";
import { legibleRecord, type ReleaseRecord, readEnvironment, readLive, readRecord, releaseFolders } from "./record";
import { type ReleaseOptions, release } from "./release";
import { isPlausible } from "./sequence";
import { loginFor } from "./settle";

type Environment = Readonly<Record<string, string>>;

/** What a rollback is asked with. */
export interface RollbackOrder {
  readonly app: string;
  /** Number of the release to go back to; the one before the live one where left out. */
  readonly to?: number | undefined;
  /** Whether the live release's variables stay, instead of those the earlier one had. */
  readonly currentEnvironment: boolean;
  readonly actor: string;
  /** Seconds to wait for a release of the app that is under way. */
  readonly wait: number;
  /** Who asks, one line. */
  readonly owner: string;
  readonly say: (line: string) => void;
}

/** What a rollback is about to do. */
export interface RollbackPlan {
  readonly app: string;
  /** The live release. */
  readonly from: number;
  readonly to: number;
  readonly manifest: Manifest;
  /** Names of variables whose values the two releases don't share. */
  readonly variables: readonly string[];
  /** Whether the live release's values are taken for them. */
  readonly currentEnvironment: boolean;
  /** Releases since then whose release command ran, lowest first. */
  readonly migrated: readonly number[];
  /** Number of the dump of the database as it was before the first of those; none where there is none. */
  readonly snapshot?: number;
}

/**
 * Plans a rollback once no release of the app is under way, and changes nothing; `undefined` where that release is live already.
 * @throws Failure if there is nothing to go back to, it is not on record any more, or its images can't be had
 */
export async function planRollback(host: Host, order: RollbackOrder): Promise<RollbackPlan | undefined> {
  return underLease(host, order, () => plan(host, order));
}

async function plan(host: Host, { app, to: asked, currentEnvironment, actor }: RollbackOrder) {
  const pointer = await readLive(host.files, app);
  const live = await onRecord(host, app, pointer?.release);
  if (!live || !pointer)
    throw new Failure(`nothing of ${app} is live on this host, so there is nothing to go back from`);
  const to = asked ?? (await targetOf(host, live.record));
  if (to === live.record.release) return undefined;
  const target = await onRecord(host, app, to);
  if (!target) throw new Failure(`release ${to} of ${app} is not on record; ${await choiceText(host, app)}`);
  const now = host.now();
  // A way back is asked for here and now, whatever clock the live release was asked for by.
  const sequence = isPlausible(pointer.sequence, now) ? Math.max(now, pointer.sequence) : now;
  const origin = originOf(target.record, actor, sequence);
  const manifest = manifestOf(live, target, currentEnvironment, origin);
  refuse(excessOfWords(manifest), `release ${to} of ${app}`);
  const registry = await readLogin(host, app);
  await checkImages(host, { ...manifest, ...(registry && { registry }) }, to);
  const migrated = await migratedSince(host, app, sourceOf(await readLedger(host.files, app), to));
  const [first] = migrated.all;
  return {
    app,
    from: live.record.release,
    to,
    manifest: { ...manifest, ...(registry && { registry }) },
    variables: differing(live.environment, target.environment),
    currentEnvironment,
    migrated: migrated.all,
    ...(first !== undefined && migrated.dumped.includes(first) && { snapshot: first }),
  };
}

/** Carries out a plan. Tags are not followed from then on: that would undo the rollback within seconds. */
export async function rollback(
  host: Host,
  { app, to, manifest }: RollbackPlan,
  options: ReleaseOptions,
): Promise<Outcome> {
  if (!manifest.delivery) return release(host, manifest, options);
  const why = `rollback to release ${to} by ${manifest.origin.actor}`;
  const isHeld = (await heldBecause(host, app)) !== undefined;
  // Before the release, so that a look at the tags in the meantime finds it.
  if (!isHeld) await hold(host, app, why);
  const outcome = await release(host, manifest, options);
  if (outcome.result === "live") await hold(host, app, why);
  else if (!isHeld) await resume(host, app);
  return outcome;
}

/** What people are told before it begins. */
export function rollbackText(plan: RollbackPlan): readonly string[] {
  const { app, from, to, variables, currentEnvironment, migrated, snapshot, manifest } = plan;
  const values = currentEnvironment
    ? "the live ones are taken"
    : `those of release ${to} are taken (--current-env: the live ones)`;
  const releases = `${migrated.length === 1 ? "release" : "releases"} ${migrated.join(", ")} ran the release command`;
  const way =
    snapshot === undefined
      ? `there is no dump of the database from before release ${migrated[0]}`
      : `sudo slipway restore ${app} ${snapshot}`;
  return [
    `back from release ${from} to what release ${to} was${manifest.origin.commit ? `, commit ${manifest.origin.commit}` : ""}`,
    ...(variables.length > 0 ? [`variables that differ: ${variables.join(", ")}; ${values}`] : []),
    ...(manifest.release ? ["the release command is not run: the database stays as the newer releases left it"] : []),
    ...(migrated.length > 0 ? [`${releases} since; if release ${to} can't live with the schema: ${way}`] : []),
    ...(manifest.delivery
      ? [`tags are not followed from now on, until another release or: sudo slipway follow ${app} --resume`]
      : []),
  ];
}

/** The last release that was live before the live one; where that is itself a rollback, before the one it went back to. */
export function releaseBefore(
  rows: readonly Row[],
  live: Pick<ReleaseRecord, "release" | "origin">,
): number | undefined {
  const limit = live.origin.rollback ?? live.release;
  const earlier = rows.filter(({ result, release: number }) => result === "live" && number < limit);
  return earlier.length > 0 ? Math.max(...earlier.map(({ release: number }) => number)) : undefined;
}

/** The release that images come from: going back to a rollback is going back to what that one went back to. */
export function sourceOf(rows: readonly Row[], number: number): number {
  const { rollback: earlier } = rows.find((row) => row.release === number) ?? {};
  return earlier !== undefined && earlier < number ? sourceOf(rows, earlier) : number;
}

interface OnRecord {
  readonly record: ReleaseRecord;
  readonly environment: Environment;
}

async function onRecord(host: Host, app: string, number: number | undefined): Promise<OnRecord | undefined> {
  if (number === undefined) return undefined;
  const [record, environment] = await Promise.all([
    readRecord(host.files, app, number),
    readEnvironment(host.files, app, number),
  ]);
  return record && environment && { record, environment };
}

async function targetOf(host: Host, live: ReleaseRecord): Promise<number> {
  const { app } = live.content;
  const before = releaseBefore(await readLedger(host.files, app), live);
  if (before === undefined)
    throw new Failure(
      `no release of ${app} was live before release ${live.release}; «slipway releases ${app}» lists them`,
    );
  return before;
}

/** Says what can be gone back to. */
async function choiceText(host: Host, app: string): Promise<string> {
  const live = await readLive(host.files, app);
  const numbers = (await releaseFolders(host.files, app)).filter((number) => number !== live?.release);
  const found = await Promise.all(numbers.map((number) => onRecord(host, app, number).catch(() => undefined)));
  const had = found.flatMap((one) => one?.record.release ?? []).sort((a, b) => b - a);
  return had.length > 0
    ? `those that can be had: ${had.join(", ")}`
    : "there is none to go back to: release the older commit anew";
}

function originOf({ release: number, origin }: ReleaseRecord, actor: string, sequence: number): Origin {
  const { commit } = origin;
  return { sequence, actor, ...(commit !== undefined && { commit }), rollback: number };
}

/**
 * The earlier release's content. How releases get here, i.e. which tags are followed, stays as it is now, and so does where the database
 * is: an app that has moved to another one since does not go back to what was left behind.
 */
function manifestOf(live: OnRecord, target: OnRecord, currentEnvironment: boolean, origin: Origin): Manifest {
  const { delivery: _delivery, database: _database, authorities: _authorities, ...content } = target.record.content;
  const { delivery, processes: serving, secrets } = live.record.content;
  const { database, authorities } = (live.record.content.database ? live : target).record.content;
  const processes = Object.entries(content.processes).map(([name, { follow: _follow, ...process }]) => {
    const follow = serving[name]?.follow;
    return [name, { ...process, ...(follow !== undefined && { follow }) }];
  });
  const parsed = Manifest.safeParse({
    ...content,
    ...(delivery && { delivery }),
    ...(database && { database }),
    ...(authorities && { authorities }),
    processes: Object.fromEntries(processes),
    origin,
    environment: currentEnvironment ? live.environment : withDatabaseOf(live, target),
    secrets: currentEnvironment ? secrets : secretsOf(content, live.record.content),
  });
  if (parsed.success) return parsed.data;
  throw new Failure(`release ${target.record.release} can't be made again as asked:\n${z.prettifyError(parsed.error)}`);
}

/** The earlier release's variables, but for the database's. */
function withDatabaseOf(live: OnRecord, target: OnRecord): Environment {
  const { database } = live.record.content;
  const names = new Set([database, target.record.content.database].flatMap((one) => one?.variables ?? []));
  const own = Object.entries(target.environment).filter(([name]) => !names.has(name));
  const current = Object.entries(live.environment).filter(([name]) => names.has(name));
  return Object.fromEntries([...own, ...current]);
}

/** Those of the earlier release, and those of the database as it is now. */
function secretsOf(earlier: ReleaseRecord["content"], { secrets, database }: ReleaseRecord["content"]): string[] {
  return [...new Set([...earlier.secrets, ...secrets.filter((name) => database?.variables?.includes(name))])].sort();
}

/** Before anything is touched: an image that is gone would only be missed at the pull. */
async function checkImages(host: Host, { app, processes, registry }: Manifest, to: number): Promise<void> {
  for (const image of new Set(Object.values(processes).map((process) => process.image))) {
    if (await host.docker.image(image)) continue;
    await host.docker.resolve(image, loginFor(image, registry)).catch(async (thrown) => {
      throw new Failure(
        `an image of release ${to} is not on this host, and the registry doesn't give it: ${reasonOf(thrown)}. ` +
          `Nothing was changed. Release the older commit anew, or take another release; ${await choiceText(host, app)}`,
      );
    });
  }
}

/** Names of variables that are in one of the two only, or with another value. */
function differing(one: Environment, other: Environment): readonly string[] {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].filter((name) => one[name] !== other[name]).sort();
}

/** Releases after a number whose release command ran: those on record, and those whose dump is there, failed ones included. */
async function migratedSince(
  host: Host,
  app: string,
  number: number,
): Promise<{ readonly all: readonly number[]; readonly dumped: readonly number[] }> {
  const [dumps, folders] = await Promise.all([
    host.files.list(appPaths(app).snapshots),
    releaseFolders(host.files, app),
  ]);
  const dumped = dumps.flatMap((name) => (/^\d+\.dump$/.test(name) ? [Number.parseInt(name, 10)] : []));
  const records = await Promise.all(folders.map((folder) => legibleRecord(host.files, app, folder)));
  const ran = records.flatMap((one) =>
    one?.content.release && one.origin.rollback === undefined ? [one.release] : [],
  );
  const all = [...new Set([...dumped, ...ran])].filter((one) => one > number).sort((a, b) => a - b);
  return { all, dumped };
}
