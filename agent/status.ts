/** `slipway status`: what runs on this host against what its records say, as data. It changes nothing. */
import { addressesOf } from "./attempt";
import { caddyfile } from "./caddyfile";
import { certificatesOf, type NameStatus, pendingLines } from "./certificates";
import { ownerOf } from "./claim";
import { APP_LABEL } from "./compose";
import { belongsTo, isOneOff, processOf } from "./containers";
import { portsFolder, releaseOf as releaseOfDoor } from "./doors";
import { Failure, reasonOf } from "./failure";
import { heldBecause } from "./held";
import type { Container, Host } from "./host";
import { intentText, readIntent } from "./intent";
import { type Row, readLedger } from "./ledger";
import { inMaintenance } from "./maintenance";
import { deafness, type Listener, listeners } from "./notify/listeners";
import { APPS, appPaths, CADDYFILE, DOCKER } from "./paths";
import { isLasting } from "./processes";
import { illegible, liveRecords, type ReleaseRecord } from "./record";
import { servicesOf } from "./revive";
import { roomProblem, roomWanted } from "./room";
import { type ServiceStatus, serviceProblem } from "./services";
import { timersOf } from "./steps/schedules";
import { isoText } from "./stored";
import { type Unanswered, unansweredSince } from "./unanswered";
import { momentText } from "./words";

/** How one process of an app fares. */
export interface ProcessStatus {
  readonly running: number;
  /** Containers that should run; 0 for a process that runs at its times or ends by itself. */
  readonly wanted: number;
  /** Image by digest, as the live release's record has it. */
  readonly image: string;
  /** The tag that `image` was the digest of, where the host follows it. */
  readonly follow?: string;
  /** What its running containers really are, where that is something else. */
  readonly otherImages: readonly string[];
  /** How often Docker started its containers again by itself. */
  readonly restarts: number;
  /** Running containers whose own health check fails. */
  readonly unhealthy: number;
  /** When it runs, five fields of cron. */
  readonly schedule?: string;
}

/** A release that was tried after the live one and didn't become live. */
export interface Tried {
  readonly release: number;
  /** ISO 8601. */
  readonly at: string;
  readonly result: string;
  readonly step?: string;
  readonly reason?: string;
}

/** How an app fares. */
export interface AppStatus {
  readonly app: string;
  /** The stack it belongs to, `PROJECT/STACK`. */
  readonly stack?: string;
  /** The live release; none where the first one has not succeeded. */
  readonly release?: number;
  /** ISO 8601, when the live release was made. */
  readonly since?: string;
  readonly actor?: string;
  readonly commit?: string;
  /** Address of the CI run. */
  readonly run?: string;
  readonly addresses: readonly string[];
  /** One for each name that is to have one. */
  readonly certificates: readonly NameStatus[];
  /** Whether visitors see the maintenance page. */
  readonly maintenance: boolean;
  /** Who releases, removes or restores it at this moment. */
  readonly busy?: string;
  readonly processes: Readonly<Record<string, ProcessStatus>>;
  /** Containers of single commands, which come and go. */
  readonly oneOffs: readonly string[];
  /** Running containers that belong to no process of the live release. */
  readonly strays: readonly string[];
  /** Names of its timers. */
  readonly timers: readonly string[];
  /** Where the host follows the tags of its images: how often it asks, in seconds, why it doesn't for now, since when it asks in vain. */
  readonly delivery?: { readonly every: number; readonly held?: string; readonly unanswered?: Unanswered };
  /** The newest release tried, if it isn't live. */
  readonly tried?: Tried;
  /** Dumps of its database; `newest` is the release it was made before, `at` when. `expected`: each release with a command makes one. */
  readonly snapshots: {
    readonly count: number;
    readonly newest?: number;
    readonly at?: string;
    readonly expected?: true;
  };
  /** What is not as it should be and what to do about it; empty if all is well. */
  readonly problems: readonly string[];
}

/** How the whole host fares. */
export interface HostStatus {
  /** What the machine calls itself. */
  readonly name: string;
  /** ISO 8601, when this was so. */
  readonly at: string;
  readonly apps: readonly AppStatus[];
  /** What the machine lives by, each service asked. */
  readonly services: readonly ServiceStatus[];
  /** Whether the edge's file is the one that the live releases call for. */
  readonly edge: "as it should be" | "not what the live releases call for";
  /** Bytes of the disk that images and volumes are on; `wanted` is what the next release may want free, 0 while Docker can't say. */
  readonly disk: { readonly free: number; readonly size: number; readonly wanted: number };
  /** Bytes of memory; `free` is what processes could still have. */
  readonly memory: { readonly free: number; readonly size: number };
  /** Who is told when something happens here. */
  readonly notifications: readonly Listener[];
  /** As an app's, of what belongs to no single one. */
  readonly problems: readonly string[];
}

/** Looks at every app of the host, or at one. @throws Failure if there is no such app */
export async function status(host: Host, only?: string): Promise<HostStatus> {
  const asked = servicesOf(host);
  // One that is down would be waited for at each question.
  const docker = asked.then((all) => all.every(({ unit, problem }) => unit !== "docker.service" || !problem));
  const [names, records, services, containers, edge, room, { name, memory }, notifications] = await Promise.all([
    host.files.list(APPS),
    liveRecords(host.files),
    asked,
    docker.then((isUp) => (isUp ? host.docker.containers(APP_LABEL) : undefined)),
    host.files.read(CADDYFILE),
    host.disk(DOCKER),
    host.machine(),
    listeners(host.files),
  ]);
  const disk = { ...room, wanted: containers ? await roomWanted(host, records) : 0 };
  if (only !== undefined && !names.includes(only))
    throw new Failure(`there is no app ${only} on this host; it has: ${names.join(", ") || "none"}`);
  const apps = await Promise.all(
    names
      .filter((app) => only === undefined || app === only)
      .map((app) =>
        look(
          host,
          app,
          records.find(({ content }) => content.app === app),
          containers?.filter(({ labels }) => labels[APP_LABEL] === app),
        ),
      ),
  );
  const asItShould = records.length === 0 || edge === caddyfile(records);
  return {
    name,
    at: new Date(host.now()).toISOString(),
    apps,
    services,
    edge: asItShould ? "as it should be" : "not what the live releases call for",
    disk,
    memory,
    notifications,
    problems: [
      ...services.flatMap(serviceProblem),
      ...(asItShould
        ? []
        : [`${CADDYFILE} was changed by hand or written by another slipway; the next release writes it anew`]),
      ...roomProblem(disk),
      ...deafness(notifications),
    ],
  };
}

/** All problems there are, each under its app's name. */
export function allProblems({ apps, problems }: HostStatus): readonly string[] {
  return [...apps.flatMap((app) => app.problems.map((problem) => `${app.app}: ${problem}`)), ...problems];
}

async function look(
  host: Host,
  app: string,
  record: ReleaseRecord | undefined,
  /** None where Docker can't say. */
  containers: readonly Container[] | undefined,
): Promise<AppStatus> {
  const [rows, stack, maintenance, busy, timers, idle, held, unanswered, snapshots, door, certificates] =
    await Promise.all([
      readLedger(host.files, app),
      ownerOf(host.files, app),
      inMaintenance(host, app),
      busyWith(host, app),
      host.timers.list(app),
      host.timers.idle(app),
      heldBecause(host, app),
      unansweredSince(host, app),
      host.files.list(appPaths(app).snapshots),
      record && doorOf(host, record),
      record ? certificatesOf(host, record.content) : [],
    ]);
  const lasting = containers?.filter((container) => !isOneOff(container));
  const found = {
    app,
    ...(stack !== undefined && { stack }),
    ...(record && originOf(record, rows)),
    addresses: record ? addressesOf(record.content) : [],
    certificates,
    maintenance,
    ...(busy !== undefined && { busy }),
    processes: record && lasting ? await processesOf(host, record, lasting) : {},
    oneOffs: (containers ?? []).filter(isOneOff).map(({ name }) => name),
    strays: (lasting ?? []).filter((container) => isStray(container, record)).map(({ name }) => name),
    timers,
    ...deliveryOf(record, held, unanswered),
    ...triedOf(rows, record),
    snapshots: { ...snapshotsOf(snapshots, rows), ...(record && isDumped(record) && { expected: true as const }) },
  };
  const wrong = [await illegible(host.files, app), await cutOff(host, found)].filter((line) => line !== undefined);
  const missing = Object.keys(record ? timersOf(record.content) : {}).filter((timer) => !timers.includes(timer));
  return { ...found, problems: problemsOf(found, { door, missing, idle, wrong, now: host.now() }) };
}

/** What was begun with an app by someone who is not at it any more. */
async function cutOff({ files }: Host, { app, busy }: Pick<AppStatus, "app" | "busy">): Promise<string | undefined> {
  if (busy !== undefined) return undefined;
  try {
    const intent = await readIntent(files, app);
    return (
      intent && `${intentText(intent)} was cut off; «slipway repair ${app}» takes it up, and so does the next release`
    );
  } catch (thrown) {
    return reasonOf(thrown);
  }
}

function deliveryOf(
  record: ReleaseRecord | undefined,
  held: string | undefined,
  unanswered: Unanswered | undefined,
): Pick<AppStatus, "delivery"> {
  const delivery = record?.content.delivery;
  if (!delivery) return {};
  const { every } = delivery;
  return { delivery: { every, ...(held !== undefined && { held }), ...(unanswered && { unanswered }) } };
}

function originOf({ release, origin }: ReleaseRecord, rows: readonly Row[]) {
  const { sequence, actor, commit, run } = origin;
  return {
    release,
    since: rows.find((row) => row.release === release)?.at ?? isoText(sequence),
    actor,
    ...(commit !== undefined && { commit }),
    ...(run !== undefined && { run }),
  };
}

async function processesOf(
  host: Host,
  record: ReleaseRecord,
  containers: readonly Container[],
): Promise<Record<string, ProcessStatus>> {
  const { content } = record;
  const entries = Object.entries(content.processes).map(async ([name, process]): Promise<[string, ProcessStatus]> => {
    const { image, replicas, follow, schedule } = process;
    const ours = containers.filter((one) => belongsTo(one, record) && processOf(one) === name);
    const running = ours.filter((container) => container.running);
    const conditions = await Promise.all(ours.map(({ id }) => host.docker.condition(id).catch(() => undefined)));
    return [
      name,
      {
        running: running.length,
        wanted: isLasting(name, content) ? replicas : 0,
        image,
        ...(follow !== undefined && { follow }),
        otherImages: [...new Set(running.map((container) => container.image).filter((other) => other !== image))],
        restarts: conditions.reduce((sum, condition) => sum + (condition?.restarts ?? 0), 0),
        unhealthy: conditions.filter((condition) => condition?.health === "unhealthy").length,
        ...(schedule !== undefined && { schedule }),
      },
    ];
  });
  return Object.fromEntries(await Promise.all(entries));
}

function isStray(container: Container, record: ReleaseRecord | undefined): boolean {
  const isOurs = record && belongsTo(container, record) && processOf(container) in record.content.processes;
  return container.running && !isOurs;
}

function triedOf(rows: readonly Row[], record: ReleaseRecord | undefined): { tried?: Tried } {
  const last = rows.at(-1);
  if (!last || last.result === "live" || last.release === record?.release) return {};
  const { release, at, result, step, reason } = last;
  return {
    tried: { release, at, result, ...(step !== undefined && { step }), ...(reason !== undefined && { reason }) },
  };
}

function snapshotsOf(files: readonly string[], rows: readonly Row[]): AppStatus["snapshots"] {
  const releases = files.flatMap((name) => /^(\d+)\.dump$/.exec(name)?.[1] ?? []).map(Number);
  if (releases.length === 0) return { count: 0 };
  const newest = Math.max(...releases);
  const at = rows.find(({ release }) => release === newest)?.at;
  return { count: releases.length, newest, ...(at !== undefined && { at }) };
}

function isDumped({ content: { snapshot, database, release } }: ReleaseRecord): boolean {
  return snapshot !== undefined && database !== undefined && release !== undefined;
}

/** Who holds the app's lock. It is taken for a moment to see whether it can be; the kernel frees it with its holder. */
async function busyWith(host: Host, app: string): Promise<string | undefined> {
  const path = appPaths(app).lock;
  try {
    const lock = await host.lock({ path, wait: 0, owner: "slipway status", onWait: () => {} });
    await lock.free();
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    return (await host.files.read(path))?.trim() || "an unnamed holder";
  }
}

/** The release that the edge leads to; `undefined` where the app has no routes. */
async function doorOf(host: Host, { content }: ReleaseRecord): Promise<number | undefined> {
  const routed = content.routes[0]?.process;
  if (routed === undefined) return undefined;
  const [first] = await host.files.list(portsFolder(content.app, routed, content.processes[routed]?.replicas ?? 1));
  return first === undefined ? Number.NaN : releaseOfDoor(`/${first}`);
}

/** What was looked at besides, and is no part of the answer. */
interface Findings {
  /** @see doorOf */
  readonly door: number | undefined;
  /** Timers that the live release calls for and the host doesn't have. */
  readonly missing: readonly string[];
  /** Timers that the host has and systemd doesn't run. */
  readonly idle: readonly string[];
  /** What can't be read of its records, and what was cut off. */
  readonly wrong: readonly string[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

function problemsOf(
  app: Omit<AppStatus, "problems">,
  { door, missing, idle, wrong, now }: Findings,
): readonly string[] {
  const tried = app.tried && [
    `release ${app.tried.release} ${app.tried.result}${app.tried.step ? ` at «${app.tried.step}»` : ""}; ` +
      `«slipway releases ${app.app} ${app.tried.release}» says why`,
  ];
  if (app.release === undefined) return ["nothing is live", ...wrong, ...(tried ?? [])];
  const mend = `«slipway repair ${app.app}» mends it, and so does the next release`;
  // While a release is under way there is more on the host than its records say, and that is as it should be.
  const settled =
    app.busy === undefined
      ? [
          ...app.strays.map((name) => `${name} runs beside the live release; ${mend}`),
          ...missing.map((timer) => `the timer ${timer} is missing; ${mend}`),
          ...idle.map((timer) => `the timer ${timer} does not run; ${mend}`),
          ...(door === undefined || door === app.release
            ? []
            : [
                `the edge leads ${Number.isNaN(door) ? "nowhere" : `to release ${door}`}, not to release ${app.release}; ${mend}`,
              ]),
        ]
      : [];
  return [
    ...wrong,
    ...Object.entries(app.processes).flatMap(([name, process]) => processProblems(app.app, name, process)),
    ...settled,
    ...pendingLines(app.app, app.certificates, now),
    ...unansweredProblem(app),
    ...(tried ?? []),
  ];
}

function unansweredProblem({ delivery }: Pick<AppStatus, "delivery">): readonly string[] {
  if (!delivery?.unanswered) return [];
  const { since, reason } = delivery.unanswered;
  return [`the registry is asked for new images in vain since ${momentText(since)} UTC: ${reason}`];
}

function processProblems(
  app: string,
  name: string,
  { running, wanted, otherImages, unhealthy }: ProcessStatus,
): readonly string[] {
  const logs = `«slipway logs ${app} ${name}» says why`;
  return [
    ...(running < wanted ? [`${name}: ${running} of ${wanted} run; ${logs}`] : []),
    ...(unhealthy > 0 ? [`${name}: ${unhealthy} of ${running} say they are not healthy; ${logs}`] : []),
    ...otherImages.map((image) => `${name}: runs ${image}, not the release's image; release again`),
  ];
}
