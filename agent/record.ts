/** What the host remembers of a release, without any secret value, and which release is live. */
import { createHmac } from "node:crypto";
import * as z from "zod";
import { readEnvFile } from "./env-file";
import { Failure } from "./failure";
import type { Files, Host } from "./host";
import { Fields, type Manifest, Origin } from "./manifest";
import { APPS, appPaths, KEY, releasePaths } from "./paths";
import { guard } from "./redact";

const Content = Fields.omit({ origin: true, registry: true, environment: true, before: true, move: true });

/** A release as it was asked for and as it was laid out on this host. */
export const ReleaseRecord = z.strictObject({
  version: z.literal(1),
  release: z.number().int().positive(),
  origin: Origin,
  /** The manifest less who asked, the registry's login, the environment and where the database came from. */
  content: Content,
  /** Keyed fingerprint of the environment; tells equal from different and nothing else. */
  environment: z.string(),
  /** Ports of the loopback address, by process, one for each replica. */
  ports: z.record(z.string(), z.array(z.number().int())),
});
/** @see ReleaseRecord */
export type ReleaseRecord = z.infer<typeof ReleaseRecord>;

/** Which release serves, and the highest sequence that asked for it. */
export const Live = z.strictObject({ release: z.number().int().positive(), sequence: z.number().int().nonnegative() });
/** @see Live */
export type Live = z.infer<typeof Live>;

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

/** The live pointer of an app, `undefined` where nothing is live. */
export async function readLive(files: Files, app: string): Promise<Live | undefined> {
  return parsed(files, appPaths(app).live, Live);
}

/** Moves the live pointer. */
export async function writeLive(files: Files, app: string, live: Live): Promise<void> {
  await files.write(appPaths(app).live, `${JSON.stringify(live)}\n`, 0o600);
}

/** The record of a release, `undefined` where there is none. */
export async function readRecord(files: Files, app: string, release: number): Promise<ReleaseRecord | undefined> {
  return parsed(files, releasePaths(app, release).record, ReleaseRecord);
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

/** The live record of every app of the host, by name. */
export async function liveRecords(files: Files): Promise<readonly ReleaseRecord[]> {
  const found = await Promise.all(
    (await files.list(APPS)).map(async (app) => {
      const live = await readLive(files, app);
      return live && readRecord(files, app, live.release);
    }),
  );
  return found.filter((record) => record !== undefined);
}

async function parsed<T>(files: Files, path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const text = await files.read(path);
  if (text === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    throw new Failure(
      `${path} is not what this slipway wrote: ${why}. Restore it from a backup, or remove the app and release again`,
    );
  }
}
