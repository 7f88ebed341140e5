/** The status as lines for people, at most 80 characters wide but for addresses and names. */
import type { NameStatus } from "./certificates";
import type { AppStatus, HostStatus, ProcessStatus } from "./status";
import { agoText, commitText, counted, digestText, inText, momentText, sizeText, tableText, wrapped } from "./words";

const WIDTH = 80;

/** See the file's head. @param now milliseconds since 1970 */
export function statusText(
  { apps, services, edge, disk, memory, notifications, problems }: HostStatus,
  now: number,
): readonly string[] {
  const sections = apps.map((app) => appText(app, now));
  return [
    ...(sections.length > 0 ? sections.flatMap((lines) => [...lines, ""]) : ["no app on this host", ""]),
    servicesText(services),
    `edge: ${edge}`,
    `disk: ${sizeText(disk.free)} free of ${sizeText(disk.size)}`,
    `memory: ${sizeText(memory.free)} free of ${sizeText(memory.size)}`,
    ...notifications.flatMap(({ stack, by, on }) =>
      marked("", `notifications: stack ${stack} by ${by.join(" and ")} on ${on.join(", ")}`),
    ),
    ...problems.flatMap((problem) => marked("! ", problem)),
  ];
}

/** Those that don't answer are among the problems. */
function servicesText(services: HostStatus["services"]): string {
  const up = services.filter(({ problem }) => problem === undefined).length;
  return `services: ${up === services.length ? `all ${up} answer` : `${up} of ${services.length} answer`}`;
}

function appText(app: AppStatus, now: number): readonly string[] {
  return [
    headOf(app, now),
    ...[app.actor && `by ${app.actor}${app.commit ? `, commit ${commitText(app.commit)}` : ""}`, app.run]
      .filter((line) => line !== undefined)
      .map((line) => `  ${line}`),
    ...app.addresses.map((address) => `  ${address}${app.maintenance ? "  (closed for maintenance)" : ""}`),
    ...app.certificates.flatMap((certificate) => certificateText(certificate, now)),
    ...(app.busy === undefined ? [] : marked("  … ", `under way: ${app.busy}`)),
    ...processesText(app.processes),
    ...listed("one-offs", app.oneOffs),
    ...deliveryText(app.delivery),
    ...snapshotText(app.snapshots),
    ...app.problems.flatMap((problem) => marked("  ! ", problem)),
  ];
}

function headOf({ app, release, since }: AppStatus, now: number): string {
  if (release === undefined) return `${app}: nothing is live`;
  const moment = since ? ` since ${momentText(since)} UTC, ${agoText(Date.parse(since), now)}` : "";
  return `${app}: release ${release} is live${moment}`;
}

/** A name without a certificate is among the problems. */
function certificateText({ name, issuer, until }: NameStatus, now: number): readonly string[] {
  if (issuer === undefined || until === undefined) return [];
  const end = Date.parse(until);
  const ends = end > now ? `ends ${inText(end, now)}` : `ended ${agoText(end, now)}`;
  return marked("  ", `certificate for ${name} by ${issuer}, ${ends}`);
}

function processesText(processes: AppStatus["processes"]): readonly string[] {
  const rows = Object.entries(processes).map(([name, process]) => [
    name,
    runningText(process),
    digestText(process.image),
    [
      ...(process.restarts > 0 ? [`restarted ${counted(process.restarts, "time")}`] : []),
      ...(process.follow === undefined ? [] : [`follows ${process.follow.split("/").at(-1)}`]),
    ].join(", "),
  ]);
  return tableText(rows).map((line) => `  ${line}`);
}

function runningText({ running, wanted, schedule }: ProcessStatus): string {
  if (schedule !== undefined) return `at ${schedule}`;
  return wanted === 0 ? "ends by itself" : `${running} of ${wanted} run`;
}

function deliveryText(delivery: AppStatus["delivery"]): readonly string[] {
  if (!delivery) return [];
  const { every, held } = delivery;
  return held === undefined
    ? [`  the registry is asked for new images every ${every} s`]
    : marked("  ", `new images are not taken for now: ${held}`);
}

function snapshotText({ count, newest, at }: AppStatus["snapshots"]): readonly string[] {
  if (count === 0) return [];
  const when = at === undefined ? "" : ` (${momentText(at)})`;
  return marked("  ", `${counted(count, "snapshot")} of the database, the newest before release ${newest}${when}`);
}

function listed(title: string, names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : marked("  ", `${title}: ${names.join(", ")}`);
}

/** A text behind a mark, its further lines set in as far. */
function marked(mark: string, text: string): readonly string[] {
  return wrapped(text, WIDTH - mark.length).map((line, index) => (index === 0 ? mark : " ".repeat(mark.length)) + line);
}
