/** `slipway logs`: what containers of a release wrote, and, followed, those of the releases that come after it. */

import { APP_LABEL } from "./compose";
import { belongsTo, isOneOff, processOf } from "./containers";
import { Failure } from "./failure";
import type { Container, Host } from "./host";
import { readLive, readRecord } from "./record";

/** Milliseconds between two looks at which release is live and which of its containers run. */
const POLL = 500;

/** Whose lines are wanted, and which. */
export interface LogsOrder {
  readonly app: string;
  /** One process; all where left out. */
  readonly process?: string;
  /** One release; the live one where left out. */
  readonly release?: number;
  /** How many of the last lines of each container; all where left out. */
  readonly lines?: number;
  /** Only what was written at this moment or later, in milliseconds since 1970. */
  readonly since?: number;
}

/** A line of a log. */
export interface LogLine {
  /** ISO 8601 in nanoseconds, where Docker says. */
  readonly at?: string;
  readonly container: string;
  readonly process: string;
  readonly line: string;
}

/** Reads what is there, container after container, so that each one's lines stay together. */
export async function readLogs(host: Host, order: LogsOrder, onLine: (line: LogLine) => void): Promise<void> {
  for (const container of await loggedContainers(host, order)) {
    const { id } = container;
    await host.docker.readLines(id, { ...part(order), follow: false }, (line, at) =>
      onLine(lineOf(container, line, at)),
    );
  }
}

/**
 * Reads what is there and what is still to come, until `ended`. Goes over to the next release's containers when one is made live, those of
 * the old one being read to their end, and comes back to a container that Docker starts again. Of one release asked for by its number the
 * end is when none of its containers runs any more.
 */
export async function followLogs(
  host: Host,
  order: LogsOrder,
  onLine: (line: LogLine) => void,
  ended: () => boolean = () => false,
): Promise<void> {
  const readers = new Map<string, Reader>();
  const begun = host.now();
  for (let first = true; !ended(); first = false) {
    const containers = await loggedContainers(host, order, first);
    for (const container of containers) {
      const reader = readers.get(container.id) ?? { reading: undefined, from: first ? part(order) : {} };
      readers.set(container.id, reader);
      // One that was removed while it was read is not listed any more, and that is its end.
      if (reader.failed) throw reader.failed.thrown;
      if (!reader.reading) read(host, container, reader, onLine);
      if (first) reader.from = { since: begun };
    }
    if (order.release !== undefined && containers.every(({ running }) => !running)) {
      await Promise.all([...readers.values()].map(({ reading }) => reading));
      return;
    }
    await host.sleep(POLL);
  }
}

/** Containers that are read, by name. @throws Failure if there are none and `expected` says there should be */
export async function loggedContainers(
  host: Host,
  { app, process, release }: Pick<LogsOrder, "app" | "process" | "release">,
  expected = true,
): Promise<readonly Container[]> {
  const number = release ?? (await readLive(host.files, app))?.release;
  if (number === undefined) {
    if (!expected) return [];
    throw new Failure(`no release of ${app} is live on this host; «slipway status» lists the apps`);
  }
  const all = await host.docker.containers(`${APP_LABEL}=${app}`);
  const record = (await readRecord(host.files, app, number).catch(() => undefined)) ?? { release: number };
  const ours = all.filter((container) => belongsTo(container, record));
  const found = ours.filter((container) => process === undefined || processOf(container) === process);
  if (found.length > 0 || !expected) return found;
  if (ours.length === 0)
    throw new Failure(
      `no container of release ${number} of ${app} is left on this host; «slipway releases ${app} ${number}» shows what the release printed`,
    );
  const names = [...new Set(ours.filter((container) => !isOneOff(container)).map(processOf))].join(", ");
  throw new Failure(`release ${number} of ${app} has no process ${process}; it has: ${names || "none"}`);
}

/** How far a container has been read. */
interface Reader {
  /** Settles when the container ends; none while nobody reads it. */
  reading: Promise<void> | undefined;
  /** Where to begin as long as no line has come. */
  from: Pick<LogsOrder, "lines" | "since">;
  /** When the last line came that was read. */
  until?: string;
  failed?: { readonly thrown: unknown };
}

function read(host: Host, container: Container, reader: Reader, onLine: (line: LogLine) => void): void {
  const { until } = reader;
  // Docker is asked in milliseconds and answers in nanoseconds, so the last lines come once more.
  const again = until === undefined ? reader.from : { since: Date.parse(until) };
  reader.reading = host.docker
    .readLines(container.id, { ...again, follow: true }, (line, at) => {
      if (until !== undefined && at !== undefined && at <= until) return;
      if (at !== undefined) reader.until = at;
      onLine(lineOf(container, line, at));
    })
    .catch((thrown: unknown) => {
      reader.failed = { thrown };
    })
    .finally(() => {
      reader.reading = undefined;
    });
}

function part({ lines, since }: LogsOrder): Pick<LogsOrder, "lines" | "since"> {
  return { ...(lines !== undefined && { lines }), ...(since !== undefined && { since }) };
}

function lineOf(container: Container, line: string, at: string | undefined): LogLine {
  return { ...(at !== undefined && { at }), container: container.name, process: processOf(container), line };
}
