/** `slipway release`: the whole story of making a manifest live, as tables of steps, and what happens when one of them fails. */
import { type Attempt, addressesOf, type Step } from "./attempt";
import { bugText } from "./bug";
import { APP_LABEL } from "./compose";
import { Failure, reasonOf } from "./failure";
import { withoutFrames } from "./frames";
import { resumeAfter } from "./held";
import type { Container, Host, Lock } from "./host";
import { keptProcesses, runsWhole } from "./kept";
import { underLease } from "./lease";
import { type Row, writeRow } from "./ledger";
import { keepLogin } from "./login";
import type { Manifest } from "./manifest";
import { reserveNumber } from "./numbers";
import { failureText, type LastLines, liveText, type Outcome } from "./outcome";
import { isLasting } from "./processes";
import { contentOf, fingerprint, imagesOf, type ReleaseRecord, sameJson, writeLive } from "./record";
import { bounded, isPlausible } from "./sequence";
import { settle } from "./settle";
import { awaitCertificates, certify, hasNames } from "./steps/certificates";
import { create } from "./steps/create";
import { awaitDatabase } from "./steps/database";
import { switchEdge } from "./steps/edge";
import { fence } from "./steps/fence";
import { fetchImages } from "./steps/fetch";
import { hasEarly, hasInPlace, startEarly, startInPlace } from "./steps/handOver";
import { checkHealth } from "./steps/health";
import { hold } from "./steps/hold";
import { judge } from "./steps/judge";
import { layOut } from "./steps/lay-out";
import { moveDatabase, openAgain } from "./steps/move";
import { askOldRelease } from "./steps/old-release";
import { prune } from "./steps/prune";
import { runReleaseCommand } from "./steps/release-command";
import { retire } from "./steps/retire";
import { moveSchedules } from "./steps/schedules";
import { hasMedia, share, shareBoth } from "./steps/share";
import { snapshot } from "./steps/snapshot";
import { start } from "./steps/start";
import { copyStaticFiles } from "./steps/static-files";
import { tidy } from "./steps/tidy";
import { watch } from "./steps/watch";
import { hasWorkers, moveWorkers } from "./steps/workers";
import { undo } from "./undo";
import { type Voice, voiceOf } from "./voice";

/** Until the last of these is done the old release is there, untouched or to go back to, and a failure undoes all that was made. */
export const UNTIL_IT_STAYS: readonly Step[] = [
  { name: "fence", run: fence },
  { name: "lay out", run: layOut },
  { name: "disk guard", run: ({ fetching }) => fetching.guarded },
  { name: "pull", waits: true, run: ({ fetching }) => fetching.pulled },
  { name: "create", run: create },
  { name: "static files", applies: hasStaticFiles, run: copyStaticFiles },
  { name: "database", applies: hasDatabase, waits: true, run: awaitDatabase },
  { name: "move the database", applies: ({ manifest }) => manifest.move !== undefined, run: moveDatabase },
  { name: "snapshot", applies: wantsSnapshot, waits: true, run: snapshot },
  { name: "servers", applies: hasEarly, run: startEarly },
  { name: "release command", applies: hasReleaseCommand, waits: true, run: runReleaseCommand },
  {
    name: "old release",
    applies: (attempt) => hasReleaseCommand(attempt) && hasLive(attempt) && !attempt.moved,
    run: askOldRelease,
  },
  { name: "start", run: start },
  { name: "health", waits: true, run: checkHealth },
  { name: "media", applies: hasMedia, run: shareBoth },
  { name: "in place", applies: hasInPlace, run: startInPlace },
  { name: "edge", run: switchEdge },
  { name: "workers", applies: hasWorkers, run: moveWorkers },
  { name: "watch", applies: ({ manifest }) => manifest.limits.watch > 0, run: watch },
];

/** The new release stays: what fails from here on is said, and mended by the next run. */
export const AFTERWARDS: readonly Step[] = [
  { name: "open again", applies: ({ moved }) => moved === true, run: openAgain },
  { name: "schedules", run: moveTimers },
  { name: "media of the old release", applies: hasMedia, run: shareOwn },
  { name: "stop the old release", applies: hasLive, run: retire },
  { name: "prune", applies: hasLive, run: prune },
  { name: "certificates", applies: hasNames, waits: true, run: awaitCertificates },
];

/** How many of a failing container's last lines are shown. */
const LAST_LINES = 50;
/** And that are read to find them: a trace of Rails is longer than what is shown. */
const READ_LINES = 500;

/** How a release is run. */
export interface ReleaseOptions {
  /** How long to wait for another release of the same app, in seconds; the manifest's own limit where left out. */
  readonly wait?: number | undefined;
  /** Id of this process, for whoever waits for it. */
  readonly pid: number;
  /** Prints a line of progress. */
  readonly say: (line: string) => void;
  /** Prints a line about a failure. */
  readonly complain: (line: string) => void;
  /** Rejects when this process is asked to end; heard until the traffic moves. */
  readonly interrupted?: Promise<never>;
}

/** Carries out a manifest. Resolves with how it ended, whatever that is; all is said by then. */
export function release(host: Host, manifest: Manifest, options: ReleaseOptions): Promise<Outcome> {
  return withLease(host, manifest, options, attemptIt);
}

/**
 * Carries out a manifest, unless whoever released the app meanwhile has made it needless.
 * @param isDue asked once nobody else releases the app
 * @returns nothing where it was not due any more
 */
export function releaseIfDue(
  host: Host,
  manifest: Manifest,
  options: ReleaseOptions,
  isDue: () => Promise<boolean>,
): Promise<Outcome | undefined> {
  return withLease(host, manifest, options, async (lease) => ((await isDue()) ? attemptIt(lease) : undefined));
}

async function withLease<T>(
  host: Host,
  manifest: Manifest,
  options: ReleaseOptions,
  work: (lease: Lease) => Promise<T>,
): Promise<T> {
  const voice = voiceOf(manifest, options);
  const { actor, commit, run } = manifest.origin;
  const owner = voice.redact(
    [actor, commit && `commit ${commit}`, run, `pid ${options.pid}`].filter(Boolean).join(", ").replace(/\s+/g, " "),
  );
  const order = { app: manifest.app, wait: options.wait ?? manifest.limits.wait, owner, say: voice.say };
  return underLease(host, order, (lock) =>
    work({ host, manifest, owner, lock, voice, interrupted: options.interrupted }).finally(() => voice.end()),
  );
}

interface Lease {
  readonly host: Host;
  readonly manifest: Manifest;
  readonly owner: string;
  readonly lock: Lock;
  readonly voice: Voice;
  readonly interrupted: Promise<never> | undefined;
}

interface FailedStep {
  readonly step: string;
  readonly thrown: unknown;
}

async function attemptIt(lease: Lease): Promise<Outcome> {
  const { host, owner, lock, voice } = lease;
  const begun = host.now();
  const { manifest, note } = bounded(lease.manifest, begun);
  const { app } = manifest;
  if (note !== undefined) voice.say(`! ${note}`);
  const { pointer: before, live, notes } = await Promise.race([judge(host, app), lock.lost]);
  const environment = await fingerprint(host, manifest.environment);
  const settled = await settle(host, manifest, live).catch((thrown: unknown) => ({ manifest, notes: [], thrown }));
  // Before anything of a release is made, its images' way here included; where there may be none to make, no number is given either.
  const isSame = !("thrown" in settled) && isSameAs(live, settled.manifest, environment);
  const reserved = isSame ? undefined : await reserveNumber(host.files, app);
  // What takes longest goes on while the host is looked over.
  const fetching = fetchImages(
    { host, manifest: settled.manifest, live },
    "thrown" in settled ? settled.thrown : undefined,
  );
  const found = await Promise.race([tidy({ host, app, owner, live }), lock.lost]);
  for (const line of [...notes, ...found.mended, ...settled.notes]) voice.say(`! ${line}`);

  const common = { host, asked: manifest, manifest: settled.manifest, live, before, owner, environment };
  const isSettled = !("thrown" in settled);
  if (isSame && runs(settled.manifest, found.containers)) return alreadyLive(common, voice, begun);
  const attempt: Attempt = {
    ...common,
    release: reserved ?? (await reserveNumber(host.files, app)),
    kept: await keptProcesses({ host, manifest: settled.manifest, environment, live, containers: found.containers }),
    say: voice.say,
    fetching,
    containers: [],
  };
  voice.record(host, app, attempt.release);
  if (isSettled) return carryOut(attempt, lease, begun);
  voice.say(`✗ images ${inSeconds(host.now() - begun)}`);
  return fail(attempt, lease, begun, { step: "images", thrown: settled.thrown });
}

async function carryOut(attempt: Attempt, lease: Lease, begun: number): Promise<Outcome> {
  const { host, manifest, release } = attempt;
  const { app } = manifest;
  const { lock, voice, interrupted } = lease;
  const failed = await runSteps(UNTIL_IT_STAYS, attempt, lock.lost, interrupted);
  if (failed) return fail(attempt, lease, begun, failed);
  for (const step of AFTERWARDS) {
    const late = await runSteps([step], attempt, lock.lost);
    if (late) voice.complain(`! ${late.step}: ${reasonOf(late.thrown)}. The next release mends it`);
  }
  const milliseconds = host.now() - begun;
  await enter({ ...rowOf(attempt, begun), milliseconds, result: "live" }, attempt, voice);
  const addresses = addressesOf(manifest);
  voice.say(liveText(app, release, addresses));
  return { app, release, result: "live", serving: release, addresses, milliseconds };
}

async function fail(attempt: Attempt, { voice }: Lease, begun: number, failed: FailedStep): Promise<Outcome> {
  const { host, manifest, release, live } = attempt;
  const { app } = manifest;
  const { step, thrown } = failed;
  const lines = await lastLinesOf(host, thrown);
  const wasSwitched = attempt.switched === true && step !== "edge";
  await undo(attempt, voice);
  const reason = thrown instanceof Failure ? voice.redact(reasonOf(thrown)) : firstLine(bugText(thrown));
  const milliseconds = host.now() - begun;
  await enter({ ...rowOf(attempt, begun), milliseconds, result: "failed", step, reason }, attempt, voice);
  for (const line of failureText(attempt, { step, reason, wasSwitched }, lines)) voice.complain(line);
  if (!(thrown instanceof Failure)) throw thrown;
  const addresses = live ? addressesOf(live.content) : [];
  return {
    app,
    release,
    result: "failed",
    ...(live && { serving: live.release }),
    addresses,
    milliseconds,
    step,
    reason,
  };
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}

/**
 * Runs steps in order; resolves with the one that failed, if one did. What ends a release is heard between steps, and within those that
 * only wait: any other, once begun, would go on behind the back of what undoes it.
 */
async function runSteps(
  steps: readonly Step[],
  attempt: Attempt,
  lost: Promise<never>,
  interrupted?: Promise<never>,
): Promise<FailedStep | undefined> {
  const { host, say } = attempt;
  for (const { name, applies, waits, run } of steps) {
    if (applies && !applies(attempt)) continue;
    const begun = host.now();
    const elapsed = () => inSeconds(host.now() - begun);
    try {
      // Once the traffic has moved, going on is as quick as going back.
      const ends = interrupted && !attempt.switched ? [lost, interrupted] : [lost];
      await Promise.race([...ends, hold(host, name, say)]);
      const note = await (waits ? Promise.race([...ends, run(attempt)]) : run(attempt));
      say(`✓ ${name} ${elapsed()}${note ? ` (${note})` : ""}`);
    } catch (thrown) {
      say(`✗ ${name} ${elapsed()}`);
      return { step: name, thrown };
    }
  }
  return undefined;
}

function inSeconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}

/** Whether the live release is what is asked for. */
function isSameAs(live: ReleaseRecord | undefined, manifest: Manifest, environment: string): boolean {
  return live?.environment === environment && sameJson(live.content, contentOf(manifest));
}

/** Whether these containers of the live release are all that it is to have. */
function runs(manifest: Manifest, containers: readonly Container[]): boolean {
  return Object.keys(manifest.processes).every(
    (name) => !isLasting(name, manifest) || runsWhole(name, manifest, containers),
  );
}

async function alreadyLive(
  attempt: Pick<Attempt, "host" | "manifest" | "before" | "owner">,
  voice: Voice,
  begun: number,
): Promise<Outcome> {
  const { host, manifest, before } = attempt;
  const { app, origin } = manifest;
  const number = before?.release ?? 0;
  if (before && (before.sequence < origin.sequence || !isPlausible(before.sequence, host.now())))
    await writeLive(host.files, app, { ...before, sequence: origin.sequence });
  const addresses = addressesOf(manifest);
  voice.say(`nothing to do: release ${number} is already live with the same content`);
  await certify({ host, content: manifest, owner: attempt.owner, say: (line) => voice.say(`! ${line}`) }).catch(
    (thrown) => voice.complain(`! certificates: ${reasonOf(thrown)}`),
  );
  voice.say(liveText(app, number, addresses));
  return { app, release: number, result: "unchanged", serving: number, addresses, milliseconds: host.now() - begun };
}

/** What runs at its times, tags among it, goes by the new release from now on. */
async function moveTimers(attempt: Attempt): Promise<undefined> {
  const { host, asked, manifest } = attempt;
  await keepLogin(host, asked);
  await resumeAfter(host, manifest);
  await moveSchedules(host, manifest);
}

/** The edge has left the old release by now. */
async function shareOwn({ host, manifest }: Attempt): Promise<undefined> {
  await share(host, [manifest]);
}

function hasLive({ live }: Attempt): boolean {
  return live !== undefined;
}

/** On the way back the database is newer than the code; what a newer release has made of it stays. */
function hasReleaseCommand({ manifest }: Attempt): boolean {
  return manifest.release !== undefined && manifest.origin.rollback === undefined;
}

function wantsSnapshot(attempt: Attempt): boolean {
  const { snapshot, database } = attempt.manifest;
  return hasReleaseCommand(attempt) && snapshot !== undefined && database !== undefined && !attempt.moved;
}

function hasDatabase({ manifest }: Attempt): boolean {
  return manifest.database !== undefined;
}

function hasStaticFiles({ manifest }: Attempt): boolean {
  return Object.values(manifest.processes).some((process) => process.static !== undefined);
}

/** A full disk must not keep people from hearing how it ended. */
async function enter(row: Row, { host, manifest }: Attempt, voice: Voice): Promise<void> {
  await writeRow(host.files, manifest.app, row).catch((thrown) =>
    voice.complain(`! no row was written to the ledger: ${reasonOf(thrown)}`),
  );
}

function rowOf({ manifest, release }: Attempt, begun: number): Omit<Row, "result"> {
  return {
    release,
    at: new Date(begun).toISOString(),
    ...manifest.origin,
    images: imagesOf(manifest),
  };
}

async function lastLinesOf(host: Host, thrown: unknown): Promise<LastLines | undefined> {
  if (!(thrown instanceof Failure) || thrown.container === undefined) return undefined;
  const id = thrown.container;
  const name =
    (await host.docker.containers(APP_LABEL).catch(() => [])).find((container) => container.id === id)?.name ?? id;
  const lines: string[] = [];
  await host.docker.readLines(id, { lines: READ_LINES, follow: false }, (line) => lines.push(line)).catch(() => {});
  return { name, lines: withoutFrames(lines).slice(-LAST_LINES) };
}
