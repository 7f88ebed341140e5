/** What the host remembers of a release, without any secret value, and which release is live. */
import { createHmac } from "node:crypto";
import * as z from "zod";
import { readEnvFile } from "./env-file";
import { Failure, reasonOf } from "./failure";
import type { Files, Host } from "./host";
import { Fields, type Manifest, Origin, ReleaseNumber } from "./manifest";
import { APPS, appPaths, KEY, releasePaths } from "./paths";
import { guard } from "./redact";
import { parsed } from "./stored";

const Content = Fields.omit({ origin: true, registry: true, environment: true, before: true, move: true });

/** A release as it was asked for and as it was laid out on this host. */
export const ReleaseRecord = z.strictObject({
  version: z.literal(1),
  release: ReleaseNumber,
  origin: Origin,
  /** The manifest less who asked, the registry's login, the environment and where the database came from. */
  content: Content,
  /** Keyed fingerprint of the environment; tells equal from different and nothing else. */
  environment: z.string(),
  /** Ports of the loopback address, by process, one for each replica. */
  ports: z.record(z.string(), z.array(z.number().int())),
  /** Processes that an earlier release has started and that go on in this one, with that release's number; see `kept.ts`. */
  kept: z.record(z.string(), z.number().int().positive()).optional(),
});
/** @see ReleaseRecord */
export type ReleaseRecord = z.infer<typeof ReleaseRecord>;

/** Which release serves, and the highest sequence that asked for it. */
export const Live = z.strictObject({ release: ReleaseNumber, sequence: z.number().int().nonnegative() });
/** @see Live */
export type Live = z.infer<typeof Live>;

/** Pointer and record of what serves, as `appPaths(app).serving` keeps them. */
const Serving = z.strictObject({ live: Live, record: ReleaseRecord });

/** The part of a manifest that makes one release differ from another. */
export function contentOf(manifest: Manifest): z.infer<typeof Content> {
  const {
    origin: _origin,
    registry: _registry,
    environment: _environment,
    before: _before,
    move: _move,
    ...content
  } = manifest;
  return content;
}

/** The image of each process. */
export function imagesOf({ processes }: Pick<Manifest, "processes">): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(processes).map(([name, { image }]) => [name, image]));
}

/** Whether two values are the same JSON, whatever the order of their keys. */
export function sameJson(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** Fingerprint of an environment, keyed with a secret of this host so that nobody can try guesses against a copy of it. */
export async function fingerprint(host: Host, environment: Readonly<Record<string, string>>): Promise<string> {
  // First releases of several apps come at once.
  if (!(await host.files.read(KEY))) await host.files.create(KEY, host.random(), 0o600);
  const key = await host.files.read(KEY);
  if (!key) throw new Failure(`${KEY} is empty; remove it, and the next release makes it anew`);
  return createHmac("sha256", key).update(canonical(environment)).digest("hex");
}

/** The live pointer of an app, `undefined` where nothing is live. @throws Failure if it can't be read */
export async function readLive(files: Files, app: string): Promise<Live | undefined> {
  return parsed(files, appPaths(app).live, Live, mendText(app));
}

/** Moves the live pointer. */
export async function writeLive(files: Files, app: string, live: Live): Promise<void> {
  await files.write(appPaths(app).live, `${JSON.stringify(live)}\n`, 0o600);
}

/** Keeps pointer and record of what serves in a second place, unless they are there. */
export async function keepServing(files: Files, live: Live, record: ReleaseRecord): Promise<void> {
  const path = appPaths(record.content.app).serving;
  const text = `${JSON.stringify({ live, record })}\n`;
  if ((await files.read(path)) !== text) await files.write(path, text, 0o600);
}

/** The record of a release, `undefined` where there is none. @throws Failure if it can't be read */
export async function readRecord(files: Files, app: string, release: number): Promise<ReleaseRecord | undefined> {
  return parsed(files, releasePaths(app, release).record, ReleaseRecord, mendText(app));
}

/** The same for whoever does without it: `undefined` also where it can't be read. */
export async function legibleRecord(files: Files, app: string, release: number): Promise<ReleaseRecord | undefined> {
  return readRecord(files, app, release).catch(orUndefined);
}

/** Numbers of an app's releases that have a folder; what else lies there is no release. */
export async function releaseFolders(files: Files, app: string): Promise<readonly number[]> {
  return (await files.list(appPaths(app).releases)).map(Number).filter((one) => ReleaseNumber.safeParse(one).success);
}

/** Writes pointer and record of what serves anew where one of them can't be read. @returns what was wrong, in words; nothing where all is well */
export async function healServing(files: Files, app: string): Promise<string | undefined> {
  try {
    const live = await readLive(files, app);
    if (live) await readRecord(files, app, live.release);
    return undefined;
  } catch (thrown) {
    const kept = thrown instanceof Failure ? await readServing(files, app) : undefined;
    if (!kept) throw thrown;
    await writeRecord(files, kept.record);
    await writeLive(files, app, kept.live);
    return `what says which release serves could not be read, and is written anew from ${appPaths(app).serving}: release ${kept.live.release}`;
  }
}

/** The environment a release was made with; `undefined` where its files are gone. */
export async function readEnvironment(
  files: Files,
  app: string,
  release: number,
): Promise<Readonly<Record<string, string>> | undefined> {
  const text = await files.read(releasePaths(app, release).environment);
  if (text === undefined) return undefined;
  const { RELEASE: _release, ...environment } = readEnvFile(text);
  const record = await readRecord(files, app, release).catch(() => undefined);
  guard(record?.content.secrets.flatMap((name) => environment[name] ?? []) ?? []);
  return environment;
}

/** Writes a record; readable by root alone, since a compose file may say more than its team thinks. */
export async function writeRecord(files: Files, record: ReleaseRecord): Promise<void> {
  const path = releasePaths(record.content.app, record.release).record;
  await files.write(path, `${JSON.stringify(record, null, 2)}\n`, 0o600);
}

/**
 * The record of what serves of an app, from the second place where it can't be read in the first; `undefined` where nothing is live, or no
 * one can tell what is.
 */
export async function servingRecord(files: Files, app: string): Promise<ReleaseRecord | undefined> {
  try {
    const live = await readLive(files, app);
    return live && (await readRecord(files, app, live.release));
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    return (await readServing(files, app))?.record;
  }
}

/** The live record of every app of the host, by name. One that can't be read anywhere is left out: no other app stands still for it. */
export async function liveRecords(files: Files): Promise<readonly ReleaseRecord[]> {
  const found = await Promise.all((await files.list(APPS)).map((app) => servingRecord(files, app)));
  return found.filter((record) => record !== undefined);
}

/** Why what is live of an app can't be read, if it can't. */
export async function illegible(files: Files, app: string): Promise<string | undefined> {
  return readLive(files, app)
    .then((live) => live && readRecord(files, app, live.release))
    .then(() => undefined, reasonOf);
}

async function readServing(files: Files, app: string): Promise<z.infer<typeof Serving> | undefined> {
  return parsed(files, appPaths(app).serving, Serving, "").catch(orUndefined);
}

function mendText(app: string): string {
  return `«sudo slipway repair ${app}» writes it anew if it can; if not, restore it from a backup, or remove the app and release it again`;
}

function orUndefined(thrown: unknown): undefined {
  if (!(thrown instanceof Failure)) throw thrown;
  return undefined;
}
