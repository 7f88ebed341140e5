/** What is wrong on a host at this moment that a stack's people want to know of: decided in plain data. */
import { type NameStatus, pendingLines } from "../certificates";
import { MAKE_ROOM } from "../room";
import type { AppStatus, HostStatus, ProcessStatus } from "../status";
import { agoText, counted, momentText, sizeText } from "../words";
import type { Kind, Order } from "./order";

/** Something that is wrong and lasts. */
export interface Trouble {
  /** Tells it from every other trouble of the host, whatever its words. */
  readonly key: string;
  readonly kind: Kind;
  /** Whether it is told as soon as it is seen, where others of its kind may yet mend themselves. */
  readonly urgent?: true;
  /** The app it is about; none where it is the machine. */
  readonly app?: string;
  /** In a few words. */
  readonly title: string;
  /** What is known of it and what to do. */
  readonly lines: readonly string[];
}

/** Percent points above the limit at which a full disk counts as mended, so that it is not told again and again. */
const CLEARANCE = 2;
/** Milliseconds. */
const DAY = 86_400_000;

/** What the troubles are found from. */
export interface Sight {
  readonly order: Pick<Order, "stack" | "machine" | "on" | "disk" | "snapshotDays">;
  readonly status: HostStatus;
  /** Stacks of this host whose people are told something. */
  readonly stacks: ReadonlySet<string>;
  /** Keys of what was wrong at the last look. */
  readonly open: ReadonlySet<string>;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** All that is wrong, of the kinds that the order names. */
export function troublesOf(sight: Sight): readonly Trouble[] {
  const { order, status, now } = sight;
  const own = status.apps.filter((app) => isOwn(app, sight));
  const found = [
    ...(order.machine ? [...serviceTroubles(status), ...diskTroubles(sight)] : []),
    ...status.apps.filter((app) => isOwn(app, sight) || isNobodys(app, sight)).flatMap((app) => nameTroubles(app, now)),
    ...own.flatMap(healthTroubles),
    ...own.flatMap(registryTroubles),
    ...own.flatMap((app) => snapshotTroubles(app, sight)),
  ];
  return found.filter(({ kind }) => order.on.includes(kind));
}

/** Whether an app is one of the order's stack; one that no stack has marked is the machine's owner's. */
export function isOwn({ stack }: Pick<AppStatus, "stack">, { order }: Pick<Sight, "order">): boolean {
  return stack === undefined ? order.machine : stack === order.stack;
}

/** Certificates are the machine's work: where a tenant has asked to be told of nothing, its owner is. */
function isNobodys({ stack }: AppStatus, { order, stacks }: Sight): boolean {
  return order.machine && stack !== undefined && !stacks.has(stack);
}

/** What starts itself again has done so before it is looked at: what is down then stays down. */
function serviceTroubles({ name: machine, services }: HostStatus): readonly Trouble[] {
  return services.flatMap(({ unit, name, problem }) =>
    problem === undefined
      ? []
      : [
          {
            key: `service ${unit}`,
            kind: "health" as const,
            urgent: true as const,
            title: `${machine}: ${name} (${unit}) ${problem}`,
            lines: ["Start it: sudo slipway repair", `Why: sudo journalctl -u ${unit}`],
          },
        ],
  );
}

const DISK = "disk";

function diskTroubles({ order, status: { disk, name }, open }: Sight): readonly Trouble[] {
  const { free, size, wanted } = disk;
  const percent = (100 * free) / size;
  const limit = order.disk + (open.has(DISK) ? CLEARANCE : 0);
  if (percent >= limit && free >= wanted) return [];
  const left = `${sizeText(free)} of ${sizeText(size)} are free (${Math.floor(percent)} %)`;
  const refused = free < wanted ? [`The next release may want ${sizeText(wanted)} and would be refused.`] : [];
  return [
    {
      key: DISK,
      kind: "disk",
      title: `the disk of ${name} is nearly full`,
      lines: [left, ...refused, `On the host, ${MAKE_ROOM}`],
    },
  ];
}

function nameTroubles({ app, certificates }: AppStatus, now: number): readonly Trouble[] {
  return certificates
    .filter(({ pending }) => pending !== undefined)
    .map((certificate) => ({
      key: `certificate ${app} ${certificate.name}`,
      kind: "certificate",
      app,
      title: nameTitle(certificate, now),
      lines: pendingLines(app, [certificate], now),
    }));
}

function nameTitle({ name, until }: NameStatus, now: number): string {
  if (until === undefined) return `${name} has no certificate`;
  const days = Math.floor((Date.parse(until) - now) / DAY);
  return days < 0
    ? `the certificate of ${name} has ended`
    : `the certificate of ${name} ends in ${counted(days, "day")}`;
}

/** What is missing during a release is missing on purpose. */
function healthTroubles({ app, processes, busy, release }: AppStatus): readonly Trouble[] {
  if (busy !== undefined || release === undefined) return [];
  return Object.entries(processes).flatMap(([name, process]) => {
    const lack = lackOf(process);
    if (lack === undefined) return [];
    const lines = [`Why: sudo slipway logs ${app} ${name}; all of it: sudo slipway status ${app}`];
    return [{ key: `health ${app} ${name}`, kind: "health" as const, app, title: `${app}: ${name}: ${lack}`, lines }];
  });
}

function lackOf({ running, wanted, unhealthy }: ProcessStatus): string | undefined {
  if (running < wanted) return `${running} of ${wanted} run`;
  return unhealthy > 0 ? `${unhealthy} of ${running} are not healthy` : undefined;
}

function registryTroubles({ app, delivery }: AppStatus): readonly Trouble[] {
  if (!delivery?.unanswered) return [];
  const { since, reason } = delivery.unanswered;
  const title = `${app}: the registry is asked for new images in vain`;
  return [
    { key: `registry ${app}`, kind: "failure", app, title, lines: [`Since ${momentText(since)} UTC: ${reason}`] },
  ];
}

function snapshotTroubles({ app, snapshots }: AppStatus, { order, now }: Sight): readonly Trouble[] {
  const { snapshotDays } = order;
  if (snapshotDays === undefined || !snapshots.expected) return [];
  const at = snapshots.at === undefined ? undefined : Date.parse(snapshots.at);
  if (at !== undefined && now - at <= snapshotDays * DAY) return [];
  const title =
    at === undefined
      ? `${app}: there is no snapshot of the database`
      : `${app}: the newest snapshot of the database is from ${agoText(at, now)}`;
  const lines = ["The next release that runs the release command makes one."];
  return [{ key: `snapshot ${app}`, kind: "snapshot", app, title, lines }];
}
