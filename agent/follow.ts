/** `slipway follow`: the host itself asks the registry what the tags of an app's images stand for, and releases what is new. */
import { changed } from "./change";
import { Failure } from "./failure";
import { heldBecause, resume } from "./held";
import type { Host } from "./host";
import { type Row, readLedger } from "./ledger";
import { readLogin } from "./login";
import type { Manifest } from "./manifest";
import type { Outcome } from "./outcome";
import { imagesOf, type ReleaseRecord, readEnvironment, readLive, readRecord, sameJson } from "./record";
import { type ReleaseOptions, releaseIfDue } from "./release";
import { resolveTags } from "./settle";
import { noting } from "./unanswered";

/** How tags are followed, once. */
export interface FollowOptions extends ReleaseOptions {
  /** Whether what was tried and failed is tried once more. */
  readonly again: boolean;
  /** Whether tags are followed from now on although a rollback holds them. */
  readonly resume: boolean;
}

/** Steps that fail through no fault of the images: those are tried again. */
export const NOT_THE_IMAGES: readonly string[] = ["fence", "lay out", "disk guard", "pull", "database", "snapshot"];
/** Milliseconds between two tries at most. */
const LONGEST_PAUSE = 3_600_000;

/**
 * Releases what the tags stand for now; resolves with `undefined`, and says nothing, where that is live or has been tried in vain.
 * @throws Failure if the app's host follows no tag, or the registry doesn't answer
 */
export async function follow(host: Host, app: string, options: FollowOptions): Promise<Outcome | undefined> {
  const { again, say } = options;
  const { record, environment } = await liveRelease(host, app);
  const { every } = followed(record);
  if (options.resume) await resume(host, app);
  const held = await heldBecause(host, app);
  if (held !== undefined) {
    say(`${app} follows no tag: ${held}. To follow again: sudo slipway follow ${app} --resume`);
    return undefined;
  }
  const next = await noting(host, app, () => newest(host, record, environment));
  if (sameJson(imagesOf(next), imagesOf(record.content))) {
    if (again || options.resume) say(`nothing to do: ${app} runs what its tags stand for`);
    return undefined;
  }
  const wanted = async () => {
    const rows = await readLedger(host.files, app);
    return again || isDue(rows, { live: record.release, images: imagesOf(next), now: host.now(), every });
  };
  // Asked twice: somebody else may have looked at the same time, and have tried in vain while this look waited.
  return (await wanted()) ? releaseIfDue(host, next, options, wanted) : undefined;
}

/** What decides whether images are tried. */
export interface Try {
  /** Number of the live release. What was tried before it went live was tried under other conditions. */
  readonly live: number;
  /** Images by process. */
  readonly images: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Seconds between two looks. */
  readonly every: number;
}

/**
 * Whether these images are to be tried: not if they have failed since the last release went live, until the tag moves; if it was not their
 * fault, then again after pauses that double up to an hour.
 */
export function isDue(rows: readonly Row[], { live, images, now, every }: Try): boolean {
  const failed = rows.filter((row) => row.release > live && row.result === "failed" && sameJson(row.images, images));
  const last = failed.at(-1);
  if (!last) return true;
  if (failed.some(({ step }) => !NOT_THE_IMAGES.includes(step ?? ""))) return false;
  const pause = Math.min(LONGEST_PAUSE, every * 1000 * 2 ** failed.length);
  const at = Date.parse(last.at);
  // One of the future is of a clock that was wrong: how long it is ago nobody knows.
  return !(at <= now) || now >= at + pause;
}

/** What is live with the images its tags stand for now. */
async function newest(
  host: Host,
  record: ReleaseRecord,
  environment: Readonly<Record<string, string>>,
): Promise<Manifest> {
  const { app, processes } = record.content;
  const registry = await readLogin(host, app);
  const tags = [...new Set(Object.values(processes).flatMap((process) => process.follow ?? []))].map(tagOf);
  const origin = { sequence: host.now(), actor: `tag ${[...new Set(tags)].join(", ")}` };
  const manifest = changed(record, environment, { images: [], origin, ...(registry && { registry }) });
  const asked = Object.entries(manifest.processes).map(([name, process]) => [
    name,
    { ...process, image: process.follow ?? process.image },
  ]);
  return resolveTags(host, { ...manifest, processes: Object.fromEntries(asked) });
}

async function liveRelease(host: Host, app: string) {
  const live = await readLive(host.files, app);
  const record = live && (await readRecord(host.files, app, live.release));
  const environment = record && (await readEnvironment(host.files, app, record.release));
  if (record && environment) return { record, environment };
  throw new Failure(`nothing of ${app} is live on this host, so no tag is followed; the stack makes its first release`);
}

function followed({ content: { app, delivery, processes } }: ReleaseRecord): NonNullable<Manifest["delivery"]> {
  if (delivery && Object.values(processes).some(({ follow }) => follow !== undefined)) return delivery;
  throw new Failure(`${app} follows no tag on this host; delivery in the stack's settings makes it`);
}

function tagOf(reference: string): string {
  return reference.slice(reference.lastIndexOf(":") + 1);
}
