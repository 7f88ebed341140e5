/** What becomes of a restore that was cut off: the database is of one piece, and the app is there again. */
import { APP_LABEL } from "./compose";
import { processOf } from "./containers";
import { Failure, reasonOf } from "./failure";
import type { Container, Host } from "./host";
import { openIntent, type RestoreIntent } from "./intent";
import { setMaintenance } from "./maintenance";
import { isLasting } from "./processes";
import { type ReleaseRecord, readEnvironment, servingRecord } from "./record";
import { redactor } from "./redact";
import { readRestores, writeRestore } from "./restores";
import { databaseLock, databaseUrl, dumpPath, findSnapshot } from "./snapshots";
import { untilAnswers } from "./steps/database";
import { lackOf, untilFit } from "./steps/health";

/** Seconds to wait for a session of the killed run to end. */
const WAIT = 60;

/** How far it had come, and so what the database holds. */
interface Found {
  readonly result: "restored" | "failed";
  /** What the database holds, and how to change that. */
  readonly state: string;
}

/**
 * Finishes a restore that had begun to replace the database: nobody can tell whether the killed run's last word, the COMMIT, was heard, and
 * the app has been at rest all the time, so the same is done once more. One that hadn't is over. Then the app starts and is opened.
 * @throws Failure if the database doesn't answer: the app could do nothing without it
 */
export async function takeUpRestore({
  host,
  app,
  intent,
}: {
  readonly host: Host;
  readonly app: string;
  readonly intent: RestoreIntent;
}): Promise<readonly string[]> {
  const record = await servingRecord(host.files, app);
  const all = await host.docker.containers(`${APP_LABEL}=${app}`);
  const stopped = all.filter(({ id }) => intent.stopped.includes(id));
  const found = await settleDatabase(host, app, intent, record, stopped);
  // From here on the app may write to it: whoever comes next must not do it once more.
  if (found.result === "restored") await openIntent(host.files, app, { ...intent, step: "restored" });
  const started = await startAgain(host, record, stopped);
  if (intent.closed) await setMaintenance(host, app, false);
  const reason = `it was cut off, and taken up at ${new Date(host.now()).toISOString()}`;
  const { at, actor, snapshot, before, live } = intent;
  const seconds = Math.max(0, Math.round((host.now() - Date.parse(at)) / 100) / 10) || 0;
  const isEntered = (await readRestores(host.files, app)).some((row) => row.at === at && row.snapshot === snapshot);
  const row = { at, actor, snapshot, ...(intent.step !== "begun" && { before }), live, seconds, reason };
  if (!isEntered) await writeRestore(host.files, app, { ...row, result: found.result }).catch(() => {});
  return [
    `the restore of snapshot ${snapshot} by ${actor} was cut off: ${found.state}`,
    ...(started.length > 0 ? [`started ${started.map(({ name }) => name).join(", ")} again`] : []),
    ...(intent.closed ? ["its maintenance page was taken down"] : []),
  ];
}

async function settleDatabase(
  host: Host,
  app: string,
  { step, snapshot: id, before }: RestoreIntent,
  record: ReleaseRecord | undefined,
  stopped: readonly Container[],
): Promise<Found> {
  const back = `back to the state before: sudo slipway restore ${app} ${before} --yes`;
  if (step === "begun") return { result: "failed", state: "the database is as it was before" };
  if (step === "restored") return { result: "restored", state: `the database is that of snapshot ${id}; ${back}` };
  const unknown = (why: string): Found => ({
    result: "failed",
    state:
      `the database is either as it was before or that of snapshot ${id}, whole in both cases (${why}); ` +
      `to have it for sure: sudo slipway restore ${app} ${id} --yes; ${back}`,
  });
  const running = stopped.filter((container) => container.running).map(({ name }) => name);
  if (running.length > 0) return unknown(`${running.join(", ")} was started since, and may have written to it`);
  const environment = record && (await readEnvironment(host.files, app, record.release));
  const url = environment && databaseUrl(record.content, environment);
  if (url === undefined) return unknown("nothing that is live says where it is");
  await untilAnswers(host, url, () => {});
  const redact = redactor([url]);
  try {
    const { owner, searchPath } = await findSnapshot(host.files, app, id);
    const lock = await host.database.lock(url, databaseLock(app), WAIT);
    await host.database.restore(url, dumpPath(app, id), { owner, searchPath }).finally(() => lock.free());
    return { result: "restored", state: `it is finished, the database is that of snapshot ${id}; ${back}` };
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    return unknown(redact(reasonOf(thrown)));
  }
}

/** What can't be started, or isn't healthy, is for the release or the person who comes next: visitors are let in all the same. */
async function startAgain(
  host: Host,
  record: ReleaseRecord | undefined,
  stopped: readonly Container[],
): Promise<readonly Container[]> {
  const down = stopped.filter((container) => !container.running);
  const starts = await Promise.allSettled(down.map(({ id }) => host.docker.start(id)));
  const started = down.filter((_, index) => starts[index]?.status === "fulfilled");
  if (record) {
    const lasting = started.filter((container) => isLasting(processOf(container), record.content));
    await untilFit(host, record, lasting, lackOf).catch((thrown) => {
      if (!(thrown instanceof Failure)) throw thrown;
    });
  }
  return started;
}
