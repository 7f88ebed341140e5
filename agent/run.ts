/** `slipway run`: a command of someone's own, once, in the image and with the environment of the live release. */

import { projectName } from "./compose";
import { Failure } from "./failure";
import type { Host } from "./host";
import { releasePaths } from "./paths";
import { type ReleaseRecord, readEnvironment, readLive, readRecord } from "./record";

/** What is run. */
export interface RunOrder {
  /** Whose image, user and volumes it gets; that of the release command where left out, else that of the first route. */
  readonly process?: string;
  readonly command: readonly string[];
  /** Whether it gets this process's terminal. */
  readonly terminal: boolean;
}

/**
 * Runs it in a container of its own, which goes with its end; resolves with the command's exit code.
 * @throws Failure if nothing is live, or the live release has no such process
 */
export async function runCommand(host: Host, app: string, { process, command, terminal }: RunOrder): Promise<number> {
  const record = await liveRecord(host, app);
  return runAs(host, record, process ?? processToRun(record), { command, terminal });
}

/** The record of an app's live release. @throws Failure if nothing is live */
export async function liveRecord(host: Host, app: string): Promise<ReleaseRecord> {
  const live = await readLive(host.files, app);
  const record = live && (await readRecord(host.files, app, live.release));
  if (!record) throw new Failure(`no release of ${app} is live on this host; «slipway status» lists the apps`);
  return record;
}

/** Runs a process of a release, or a command in its stead, in a container beside those of the release; resolves with the exit code. */
export async function runAs(
  host: Host,
  { release, content: { app, processes } }: ReleaseRecord,
  process: string,
  { command, terminal }: Pick<RunOrder, "command" | "terminal">,
): Promise<number> {
  if (!(process in processes)) {
    throw new Failure(
      `release ${release} of ${app} has no process ${process}; it has: ${Object.keys(processes).join(", ")}`,
    );
  }
  const environment = await readEnvironment(host.files, app, release);
  if (!environment) throw new Failure(`the files of release ${release} of ${app} are not whole; release it again`);
  return host.docker.runOneOff({
    folder: releasePaths(app, release).folder,
    project: projectName(app, release),
    service: process,
    command,
    environment: { RELEASE: String(release), ...environment },
    terminal,
  });
}

/** The process that a command most likely belongs to. @throws Failure if there is no telling */
export function processToRun({ content: { app, processes, routes, release } }: Pick<ReleaseRecord, "content">): string {
  const names = Object.keys(processes).filter((name) => processes[name]?.schedule === undefined);
  const found = release?.process ?? routes[0]?.process ?? (names.length === 1 ? names[0] : undefined);
  if (found === undefined) {
    throw new Failure(
      `${app} has no release command and no route that would say which process is meant; say --process ${names.join(" or ")}`,
    );
  }
  return found;
}
