/** `slipway restore`: puts an app's database back to a snapshot, with the app at rest, and brings the app back whatever happens. */

import { APP_LABEL } from "./compose";
import { isOneOff, processOf } from "./containers";
import { Failure, reasonOf } from "./failure";
import type { Container, Host } from "./host";
import { type OpenIntent, openIntent, type RestoreIntent } from "./intent";
import { underLease } from "./lease";
import { inMaintenance, setMaintenance } from "./maintenance";
import { isLasting } from "./processes";
import { type ReleaseRecord, readEnvironment, readLive, readRecord } from "./record";
import { redactor } from "./redact";
import { type RestoreRow, writeRestore } from "./restores";
import {
  databaseLock,
  databaseUrl,
  dumpPath,
  findSnapshot,
  megabytes,
  pruneSnapshots,
  refuseFullDisk,
  type Snapshot,
  safetyId,
  takeSnapshot,
} from "./snapshots";
import { lackOf, untilFit } from "./steps/health";
import { hold } from "./steps/hold";
import { graceOf } from "./steps/stop";
import { counted, momentText } from "./words";

/** Seconds to wait for a migration of the same database, e.g. from another host. */
const WAIT = 60;
/** Snapshots of the state before a restore that stay, where the app doesn't say how many it keeps. */
const KEPT = 5;

/** What a restore is about to do. */
export interface RestorePlan {
  readonly app: string;
  readonly snapshot: Snapshot;
  readonly record: ReleaseRecord;
  /** Of the database, with its password. */
  readonly url: string;
  /** What the snapshot of the present state will be called. */
  readonly before: string;
}

/** How a restore is run. */
export interface RestoreOptions {
  /** Seconds to wait for a release of the app that is under way. */
  readonly wait: number;
  readonly pid: number;
  readonly actor: string;
  readonly say: (line: string) => void;
}

/** How a restore ended. */
export interface Restored {
  readonly app: string;
  readonly snapshot: string;
  /** What brings the state before it back. */
  readonly before: string;
  /** The release that serves. */
  readonly live: number;
  readonly seconds: number;
  /** What of the code and the database may not fit together. */
  readonly warning?: string;
}

/** Finds all that a restore needs, and changes nothing. @throws Failure if there is no such snapshot, or nothing live to know the database by */
export async function planRestore(host: Host, app: string, id: string): Promise<RestorePlan> {
  const live = await readLive(host.files, app);
  const [record, environment] = live
    ? await Promise.all([readRecord(host.files, app, live.release), readEnvironment(host.files, app, live.release)])
    : [];
  if (!record || !environment)
    throw new Failure(`nothing of ${app} is live on this host, so its database is not known here; release it first`);
  const url = databaseUrl(record.content, environment);
  if (url === undefined) throw new Failure(`release ${record.release} of ${app} has no database that slipway knows of`);
  const snapshot = await findSnapshot(host.files, app, id);
  return { app, snapshot, record, url, before: await safetyId(host.files, app) };
}

/** What the live code and the database of a snapshot may have against each other; nothing where they were live together. */
export function mismatch({
  app,
  snapshot,
  record,
}: Pick<RestorePlan, "app" | "snapshot" | "record">): string | undefined {
  const { release } = record;
  if (snapshot.live === release) return undefined;
  const then = snapshot.live === undefined ? "nothing was live yet" : `release ${snapshot.live} was live`;
  const back =
    snapshot.live === undefined
      ? ""
      : ` go back to the code of that time (sudo slipway rollback ${app} ${snapshot.live}), or`;
  return (
    `release ${release} is live, and the snapshot is from when ${then}: what migrations did since then is undone. ` +
    `Afterwards${back} release again, which runs them anew`
  );
}

/** What people are told before it begins. */
export function restorePlanText(plan: RestorePlan): readonly string[] {
  const { app, snapshot, before } = plan;
  const warning = mismatch(plan);
  return [
    `the database of ${app} back to snapshot ${snapshot.id}: ${megabytes(snapshot.bytes)}, made ${momentText(snapshot.at)} UTC by ${snapshot.actor}`,
    `  visitors see the maintenance page, and the app's containers stop`,
    `  the database as it is now becomes snapshot ${before}`,
    `  all that the app has in the database is replaced, whole or not at all`,
    `  the containers start again, and visitors are let in`,
    ...(warning ? [`! ${warning}`] : []),
  ];
}

/** Carries it out under the app's lock. @throws Failure that says what state the database is in; the app runs again by then if it can */
export async function restore(host: Host, app: string, id: string, options: RestoreOptions): Promise<Restored> {
  const { wait, pid, actor, say } = options;
  const owner = `${actor}, slipway restore ${app} ${id}, pid ${pid}`;
  return underLease(host, { app, wait, owner, say }, async () => {
    const plan = await planRestore(host, app, id);
    for (const line of restorePlanText(plan)) say(line);
    return onRecord(host, plan, options);
  });
}

/** Writes down how it ends. */
async function onRecord(host: Host, plan: RestorePlan, { actor, say }: RestoreOptions): Promise<Restored> {
  const { app, snapshot, record, before, url } = plan;
  const begun = host.now();
  const seconds = () => Math.round((host.now() - begun) / 100) / 10;
  const row: Omit<RestoreRow, "seconds" | "result"> = {
    at: new Date(begun).toISOString(),
    actor,
    snapshot: snapshot.id,
    live: record.release,
  };
  const work = new Work(host, plan, row, say);
  try {
    await work.carryOut();
  } catch (thrown) {
    const reason = redactor([url])(reasonOf(thrown));
    const saved = work.isSaved ? { before } : {};
    await writeRestore(host.files, app, { ...row, ...saved, seconds: seconds(), result: "failed", reason }).catch(
      () => {},
    );
    await work.end();
    throw thrown instanceof Failure ? new Failure(reason, thrown.container) : thrown;
  }
  await writeRestore(host.files, app, { ...row, before, seconds: seconds(), result: "restored" });
  await work.end();
  const warning = mismatch(plan);
  return { app, snapshot: snapshot.id, before, live: record.release, seconds: seconds(), ...(warning && { warning }) };
}

/** One restore: what it has stopped and closed it opens and starts again. */
class Work {
  /** Whether the state before is saved. */
  isSaved = false;
  private readonly host: Host;
  private readonly plan: RestorePlan;
  private readonly actor: string;
  private readonly at: string;
  private readonly say: (line: string) => void;
  private isRestored = false;
  private isOpen = false;
  private intent: OpenIntent<RestoreIntent> | undefined;
  private stopped: readonly Container[] = [];

  constructor(
    host: Host,
    plan: RestorePlan,
    { at, actor }: Pick<RestoreRow, "at" | "actor">,
    say: (line: string) => void,
  ) {
    this.host = host;
    this.plan = plan;
    this.at = at;
    this.actor = actor;
    this.say = say;
  }

  async carryOut(): Promise<void> {
    const { host, plan } = this;
    const size = await host.database.size(plan.url);
    await refuseFullDisk(host, plan.app, size);
    const lock = await host.database.lock(plan.url, databaseLock(plan.app), WAIT);
    const intent = await this.begin().catch(async (thrown) => {
      await lock.free();
      throw thrown;
    });
    this.intent = intent;
    const wrong: string[] = [];
    const noting = (work: Promise<void>) => work.catch((thrown) => void wrong.push(reasonOf(thrown)));
    await noting(this.replace(size, intent));
    await lock.free();
    await noting(this.startAgain());
    await noting(this.open(intent));
    if (wrong.length > 0) throw new Failure(`${wrong.join("; ")}\nstate: ${this.stateText()}`);
    await pruneSnapshots(host.files, plan.app, {
      made: plan.before,
      live: plan.record.release,
      keep: plan.record.content.snapshot?.keep ?? KEPT,
    });
  }

  /** What it will close and begin; what it will stop is noted when that is known. */
  private async begin(): Promise<OpenIntent<RestoreIntent>> {
    const { host, plan, actor } = this;
    return openIntent(host.files, plan.app, {
      kind: "restore",
      at: this.at,
      actor,
      closed: !(await inMaintenance(host, plan.app)),
      stopped: [],
      snapshot: plan.snapshot.id,
      before: plan.before,
      live: plan.record.release,
      step: "begun",
    });
  }

  private async replace(size: number, intent: OpenIntent<RestoreIntent>): Promise<void> {
    const { host, plan } = this;
    await this.step("maintenance page", () => this.close(intent));
    await this.step("stop", () => this.stop(intent));
    await this.step("save the present state", async () => {
      const live = plan.record.release;
      const order = { app: plan.app, url: plan.url, size, id: plan.before, actor: this.actor, live };
      const { bytes } = await takeSnapshot(host, order);
      this.isSaved = true;
      return `${megabytes(bytes)}, snapshot ${plan.before}`;
    });
    await this.step("restore", async () => {
      await intent.note({ step: "restoring" });
      const { id, owner, searchPath } = plan.snapshot;
      await host.database.restore(plan.url, dumpPath(plan.app, id), { owner, searchPath });
      this.isRestored = true;
      // From here on the app may write to it.
      await intent.note({ step: "restored" });
      return undefined;
    });
  }

  /** A page that someone else has put up stays as it is, and stays up. */
  private async close({ noted }: OpenIntent<RestoreIntent>): Promise<string | undefined> {
    if (!noted.closed) return "it is up already, and stays so afterwards";
    await setMaintenance(this.host, this.plan.app, true);
    return undefined;
  }

  private async stop(intent: OpenIntent<RestoreIntent>): Promise<string> {
    const { host, plan } = this;
    const all = await host.docker.containers(`${APP_LABEL}=${plan.app}`);
    const running = all.filter((container) => container.running);
    this.stopped = running.filter((container) => !isOneOff(container));
    await intent.note({ stopped: this.stopped.map(({ id }) => id) });
    const { record } = plan;
    const grace = (container: Container) => graceOf(container, record, record.content.limits.drain);
    await Promise.all(running.map((container) => host.docker.stop(container.id, grace(container))));
    const oneOffs = running.length - this.stopped.length;
    const ended = oneOffs > 0 ? `, ${counted(oneOffs, "one-off command")} ended` : "";
    return `${counted(this.stopped.length, "container")}${ended}`;
  }

  private async startAgain(): Promise<void> {
    const { host, plan, stopped } = this;
    if (stopped.length === 0) return;
    await this.step("start again", async () => {
      const starts = await Promise.allSettled(stopped.map(({ id }) => host.docker.start(id)));
      for (const start of starts) if (start.status === "rejected") throw start.reason;
      return undefined;
    });
    const lasting = stopped.filter((container) => isLasting(processOf(container), plan.record.content));
    await this.step("health", async () => {
      await untilFit(host, plan.record, lasting, lackOf);
      return undefined;
    });
  }

  private async open({ noted }: OpenIntent<RestoreIntent>): Promise<void> {
    if (noted.closed) await setMaintenance(this.host, this.plan.app, false);
    this.isOpen = true;
  }

  /** Nothing is left to be taken up once the app is open and the ledger says how it went, whatever has failed on the way. */
  async end(): Promise<void> {
    if (this.isOpen) await this.intent?.close();
  }

  private stateText(): string {
    const { app, snapshot, before } = this.plan;
    if (!this.isRestored) return `the database is as it was before; mend the cause and try again`;
    return `the database is that of snapshot ${snapshot.id}; back to the state before: sudo slipway restore ${app} ${before} --yes`;
  }

  private async step(name: string, run: () => Promise<string | undefined>): Promise<void> {
    await hold(this.host, name, this.say);
    const begun = this.host.now();
    const elapsed = () => `${((this.host.now() - begun) / 1000).toFixed(2)} s`;
    try {
      const note = await run();
      this.say(`✓ ${name} ${elapsed()}${note ? ` (${note})` : ""}`);
    } catch (thrown) {
      this.say(`✗ ${name} ${elapsed()}`);
      throw new Failure(`${name}: ${reasonOf(thrown)}`);
    }
  }
}
