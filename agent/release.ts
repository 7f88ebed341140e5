/** `slipway release`: the whole story of making a manifest live, as a table of steps, and what happens when one of them fails. */
import { type Attempt, addressesOf, type Step } from "./attempt";
import { APP_LABEL, isAwaited, PROCESS_LABEL, RELEASE_LABEL } from "./compose";
import { Failure, reasonOf } from "./failure";
import type { Container, Host, Lock } from "./host";
import { type Row, readLedger, writeRow } from "./ledger";
import type { Manifest } from "./manifest";
import { appPaths, releasePaths } from "./paths";
import { contentOf, fingerprint, readLive, readRecord, sameJson, writeLive } from "./record";
import { redactor } from "./redact";
import { create } from "./steps/create";
import { switchEdge } from "./steps/edge";
import { fence } from "./steps/fence";
import { checkHealth } from "./steps/health";
import { layOut } from "./steps/lay-out";
import { pull } from "./steps/pull";
import { runReleaseCommand } from "./steps/release-command";
import { retire } from "./steps/retire";
import { start } from "./steps/start";
import { copyStaticFiles } from "./steps/static-files";
import { tidy } from "./steps/tidy";

/** Until the last of these is done the old release serves untouched, and a failure undoes all that was made. */
const UNTIL_THE_SWITCH: readonly Step[] = [
  { name: "fence", run: fence },
  { name: "lay out", run: layOut },
  { name: "pull", run: pull },
  { name: "create", run: create },
  { name: "static files", applies: hasStaticFiles, run: copyStaticFiles },
  { name: "release command", applies: ({ manifest }) => manifest.release !== undefined, run: runReleaseCommand },
  { name: "start", run: start },
  { name: "health", run: checkHealth },
  { name: "edge", run: switchEdge },
];

/** The new release serves: what fails from here on is said, and mended by the next run. */
const AFTER_THE_SWITCH: readonly Step[] = [
  { name: "stop the old release", applies: ({ live }) => live !== undefined, run: retire },
];

/** How many of a failing container's last lines are shown. */
const LAST_LINES = 50;

/** How a release is run. */
export interface ReleaseOptions {
  /** How long to wait for another release of the same app, in seconds. */
  readonly wait: number;
  /** Id of this process, for whoever waits for it. */
  readonly pid: number;
  /** Prints a line of progress. */
  readonly say: (line: string) => void;
  /** Prints a line about a failure. */
  readonly complain: (line: string) => void;
}

/** Carries out a manifest. Resolves with the exit code: 0 if it is live, 1 if not (all is said by then). */
export async function release(host: Host, manifest: Manifest, options: ReleaseOptions): Promise<0 | 1> {
  const redact = redactor(secretsOf(manifest));
  const say = (line: string) => options.say(redact(line));
  const complain = (line: string) => options.complain(redact(line));
  const { actor, commit, run } = manifest.origin;
  const owner = redact(
    [actor, commit && `commit ${commit}`, run, `pid ${options.pid}`].filter(Boolean).join(", ").replace(/\s+/g, " "),
  );
  const lock = await host.lock({
    path: appPaths(manifest.app).lock,
    wait: options.wait,
    owner,
    onWait: (holder) => say(`… waits for another release of ${manifest.app}: ${holder}`),
  });
  try {
    return await underLease(host, manifest, owner, lock, { say, complain, redact });
  } finally {
    await lock.free();
  }
}

interface Voice {
  readonly say: (line: string) => void;
  readonly complain: (line: string) => void;
  readonly redact: (text: string) => string;
}

async function underLease(host: Host, manifest: Manifest, owner: string, lock: Lock, voice: Voice): Promise<0 | 1> {
  const { app } = manifest;
  const begun = host.now();
  const pointer = await readLive(host.files, app);
  const live = pointer && (await readRecord(host.files, app, pointer.release));
  const number = await nextRelease(host, app);
  const found = await Promise.race([tidy({ host, app, owner, live }), lock.lost]);
  for (const line of found.mended) voice.say(`! ${line}`);

  const attempt: Attempt = {
    host,
    manifest,
    release: number,
    live,
    owner,
    environment: await fingerprint(host, manifest.environment),
    say: voice.say,
    containers: [],
  };
  if (isAlreadyLive(attempt, found.containers)) return alreadyLive(attempt, voice);

  const failed = await runSteps(UNTIL_THE_SWITCH, attempt, lock);
  const row = rowOf(attempt, begun);
  if (failed) {
    const lines = await lastLinesOf(host, failed.thrown);
    await undo(attempt, voice);
    const reason = voice.redact(reasonOf(failed.thrown));
    await writeRow(host.files, app, {
      ...row,
      milliseconds: host.now() - begun,
      result: "failed",
      step: failed.step,
      reason,
    });
    for (const line of failureText(attempt, failed.step, reason, lines)) voice.complain(line);
    if (!(failed.thrown instanceof Failure)) throw failed.thrown;
    return 1;
  }
  const late = await runSteps(AFTER_THE_SWITCH, attempt, lock);
  if (late) voice.complain(`! ${late.step}: ${reasonOf(late.thrown)}. The next release mends it`);
  await writeRow(host.files, app, { ...row, milliseconds: host.now() - begun, result: "live" });
  voice.say(liveText(number, manifest));
  return 0;
}

/** Runs steps in order; resolves with the one that failed, if one did. */
async function runSteps(
  steps: readonly Step[],
  attempt: Attempt,
  lock: Lock,
): Promise<{ step: string; thrown: unknown } | undefined> {
  for (const step of steps) {
    if (step.applies && !step.applies(attempt)) continue;
    const begun = attempt.host.now();
    const elapsed = () => `${((attempt.host.now() - begun) / 1000).toFixed(1)} s`;
    try {
      const note = await Promise.race([step.run(attempt), lock.lost]);
      attempt.say(`✓ ${step.name} ${elapsed()}${note ? ` (${note})` : ""}`);
    } catch (thrown) {
      attempt.say(`✗ ${step.name} ${elapsed()}`);
      return { step: step.name, thrown };
    }
  }
  return undefined;
}

/** Removes everything of a release that will not serve. What can't be removed now is removed by the next run. */
async function undo({ host, manifest, release }: Attempt, voice: Voice): Promise<void> {
  try {
    const all = await host.docker.containers(`${APP_LABEL}=${manifest.app}`);
    const ours = all.filter(({ labels }) => labels[RELEASE_LABEL] === String(release));
    await Promise.all(ours.map(({ id }) => host.docker.remove(id)));
    await host.files.remove(releasePaths(manifest.app, release).folder);
  } catch (thrown) {
    voice.complain(
      `! something of release ${release} is left and will be removed by the next run: ${reasonOf(thrown)}`,
    );
  }
}

async function nextRelease(host: Host, app: string): Promise<number> {
  const [rows, folders, live] = await Promise.all([
    readLedger(host.files, app),
    host.files.list(appPaths(app).releases),
    readLive(host.files, app),
  ]);
  return 1 + Math.max(0, live?.release ?? 0, ...rows.map(({ release }) => release), ...folders.map(Number));
}

/** Whether the live release is exactly what is asked for, and runs. */
function isAlreadyLive({ manifest, live, environment }: Attempt, containers: readonly Container[]): boolean {
  if (!live || live.environment !== environment || !sameJson(live.content, contentOf(manifest))) return false;
  return Object.entries(manifest.processes).every(([name, process]) => {
    const running = containers.filter(({ labels, running }) => running && labels[PROCESS_LABEL] === name);
    return isAwaited(name, manifest) || running.length === process.replicas;
  });
}

async function alreadyLive({ host, manifest, live }: Attempt, voice: Voice): Promise<0> {
  const pointer = await readLive(host.files, manifest.app);
  if (pointer && pointer.sequence < manifest.origin.sequence) {
    await writeLive(host.files, manifest.app, { ...pointer, sequence: manifest.origin.sequence });
  }
  voice.say(`nothing to do: release ${live?.release} is already live with the same content`);
  voice.say(liveText(live?.release ?? 0, manifest));
  return 0;
}

function hasStaticFiles({ manifest }: Attempt): boolean {
  return Object.values(manifest.processes).some((process) => process.static !== undefined);
}

function secretsOf(manifest: Manifest): string[] {
  const values = manifest.secrets.flatMap((name) => manifest.environment[name] ?? []);
  return manifest.registry ? [...values, manifest.registry.password] : values;
}

function rowOf({ manifest, release }: Attempt, begun: number): Omit<Row, "result"> {
  const { actor, commit, run, sequence } = manifest.origin;
  return {
    release,
    at: new Date(begun).toISOString(),
    actor,
    ...(commit !== undefined && { commit }),
    ...(run !== undefined && { run }),
    sequence,
    images: Object.fromEntries(Object.entries(manifest.processes).map(([name, { image }]) => [name, image])),
  };
}

async function lastLinesOf(
  host: Host,
  thrown: unknown,
): Promise<{ name: string; lines: readonly string[] } | undefined> {
  if (!(thrown instanceof Failure) || thrown.container === undefined) return undefined;
  const id = thrown.container;
  const name =
    (await host.docker.containers(APP_LABEL).catch(() => [])).find((container) => container.id === id)?.name ?? id;
  const lines: string[] = [];
  await host.docker.readLines(id, { lines: LAST_LINES, follow: false }, (line) => lines.push(line)).catch(() => {});
  return { name, lines: lines.slice(-LAST_LINES) };
}

function failureText(
  { manifest, release, live }: Attempt,
  step: string,
  reason: string,
  log: { name: string; lines: readonly string[] } | undefined,
): readonly string[] {
  const { app } = manifest;
  const addresses = live ? addressesOf(live.content).join(", ") : "";
  const shown = log
    ? log.lines.length > 0
      ? [`last lines of ${log.name}:`, ...log.lines.map((line) => `  | ${line}`)]
      : [`${log.name} wrote nothing to its log`]
    : [];
  return [
    ...shown,
    `slipway: release ${release} of ${app} failed at step «${step}»: ${reason}`,
    live
      ? `state: release ${live.release} keeps serving${addresses && ` ${addresses}`}; nothing of release ${release} is left running`
      : `state: nothing serves ${app} yet; nothing of release ${release} is left running`,
    `next: mend the cause and release again; on the host, «slipway releases ${app}» and «slipway status» tell more`,
  ];
}

function liveText(number: number, manifest: Manifest): string {
  const addresses = addressesOf(manifest);
  return `release ${number} of ${manifest.app} is live${addresses.length > 0 ? `: ${addresses.join(", ")}` : ""}`;
}
