/** How a release ended, as data and in words. */
import { type Attempt, addressesOf } from "./attempt";

/** See the file's head. */
export interface Outcome {
  readonly app: string;
  /** Number of the attempt, or of the release that was live with the same content already. */
  readonly release: number;
  readonly result: "live" | "unchanged" | "failed";
  /** Number of the release that serves now; none where nothing does. */
  readonly serving?: number;
  /** How the outside reaches the app. */
  readonly addresses: readonly string[];
  readonly milliseconds: number;
  /** Step that failed, and why, secrets blotted out. */
  readonly step?: string;
  /** @see step */
  readonly reason?: string;
}

/** What a failing container wrote last. */
export interface LastLines {
  readonly name: string;
  readonly lines: readonly string[];
}

/** The last line of a release that is live; whoever reads it by program finds the number in it. */
export function liveText(app: string, release: number, addresses: readonly string[]): string {
  return `release ${release} of ${app} is live${addresses.length > 0 ? `: ${addresses.join(", ")}` : ""}`;
}

/** What people are told of a release that failed: the container's own words, what failed, what state the host is in, what to do. */
export function failureText(
  attempt: Attempt,
  { step, reason, wasSwitched }: { step: string; reason: string; wasSwitched: boolean },
  log: LastLines | undefined,
): readonly string[] {
  const { app } = attempt.manifest;
  return [
    ...logText(log),
    `slipway: release ${attempt.release} of ${app} failed at step «${step}»: ${reason}`,
    `state: ${stateText(attempt, wasSwitched)}`,
    ...databaseText(attempt),
    `next: mend the cause and release again; on the host, «slipway releases ${app}» and «slipway status» tell more`,
  ];
}

function logText(log: LastLines | undefined): readonly string[] {
  if (!log) return [];
  if (log.lines.length === 0) return [`${log.name} wrote nothing to its log`];
  return [`last lines of ${log.name}:`, ...log.lines.map((line) => `  | ${line}`)];
}

function stateText({ manifest, release, live }: Attempt, wasSwitched: boolean): string {
  const nothingLeft = `nothing of release ${release} is left running`;
  if (!live) return `nothing serves ${manifest.app} yet; ${nothingLeft}`;
  const addresses = addressesOf(live.content).join(", ");
  const where = addresses && ` ${addresses}`;
  return wasSwitched
    ? `the traffic was led back to release ${live.release}, which serves${where}; ${nothingLeft}`
    : `release ${live.release} keeps serving${where}; ${nothingLeft}`;
}

/** Once the release command has begun, going back is more than leading traffic back. */
function databaseText({ manifest, live, migrated, snapshot, oldIsUnfit }: Attempt): readonly string[] {
  if (!migrated || !live) return [];
  const unfit = oldIsUnfit === undefined ? "" : `, which is not healthy on that: ${oldIsUnfit}`;
  const back =
    snapshot === undefined ? "" : `; the database before it: sudo slipway restore ${manifest.app} ${snapshot}`;
  return [`database: the release command has run, under release ${live.release}${unfit}${back}`];
}
