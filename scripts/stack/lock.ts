/** Who holds the lock of a stack, and whether it still may: Pulumi's own words, taken apart and judged. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { isAlive } from "./staleLock";

/** Who holds a lock, as far as Pulumi tells it: of Pulumi Cloud's own locks, only where they are. */
export interface Holder {
  /** The computer, or the URL of Pulumi Cloud. */
  readonly host: string;
  readonly process?: {
    readonly user: string;
    readonly pid: number;
    /** ISO time. */
    readonly since: string;
  };
}

/** `running`: on this computer, now. `gone`: it ran here and is no more. `unknown`: it runs, or ran, somewhere else. */
export type Verdict = "running" | "gone" | "unknown";

/** What is known of a stack's lock. */
export interface LockReport {
  readonly stack: string;
  readonly holders: readonly Holder[];
  /** When the state was last written, ISO time; none where that never was. */
  readonly written: string | undefined;
}

/**
 * The holders that Pulumi names when it refuses a stack because of its lock; none where it refused for another reason. It writes
 * `…: created by bo@laptop (pid 4242) at 2026-01-01T12:00:00Z`.
 */
export function holdersIn(text: string): readonly Holder[] {
  if (!/currently locked by \d+ lock/.test(text)) return [];
  return [...text.matchAll(/: created by (.+)@(\S+) \(pid (\d+)\) at (\S+)$/gm)].map(
    ([, user = "", host = "", pid, since = ""]) => ({ host, process: { user, pid: Number(pid), since } }),
  );
}

/** @param here name of this computer @param isRunning whether that process of this computer is a Pulumi */
export function judge({ host, process }: Holder, here: string, isRunning: (pid: number) => boolean): Verdict {
  if (process === undefined || host !== here) return "unknown";
  return isRunning(process.pid) ? "running" : "gone";
}

/** Whether a process of this computer runs and is Pulumi; the number of one that is gone may have gone to another program. */
export function isPulumi(pid: number): boolean {
  if (!isAlive(pid)) return false;
  try {
    const [program = ""] = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    return basename(program).includes("pulumi");
  } catch {
    // Not every system tells; then it is taken for what it was.
    return true;
  }
}

/** What a person is told of a lock, and whether it may be opened. @param yes whether the person says that the run is over */
export function lockText(
  { stack, holders, written }: LockReport,
  verdicts: readonly Verdict[],
  { yes, now }: { readonly yes: boolean; readonly now: number },
): { readonly lines: readonly string[]; readonly opens: boolean } {
  if (holders.length === 0) return { lines: [`stack ${stack} is not locked`], opens: false };
  const opens = verdicts.every((verdict) => verdict === "gone" || (verdict === "unknown" && yes));
  const lines = holders.flatMap(({ host, process }, index) => [
    process
      ? `stack ${stack} is locked by ${process.user} on ${host} (process ${process.pid}) since ${moment(process.since, now)}`
      : `stack ${stack} is being updated, says ${host}`,
    `  ${explain(verdicts[index] ?? "unknown", process?.pid, yes)}`,
  ]);
  if (opens) return { lines, opens };
  const state = written === undefined ? [] : [`  its state was last written ${moment(written, now)}`];
  const ask = verdicts.includes("running") ? [] : [`if that run is over: ./scripts/unlock ${stack} --yes`];
  return { lines: [...lines, ...(ask.length > 0 ? state : []), ...ask], opens };
}

function explain(verdict: Verdict, pid: number | undefined, yes: boolean): string {
  switch (verdict) {
    case "running":
      return `it is running on this computer: wait for it, or have it end in good order: kill -INT ${pid}`;
    case "gone":
      return "it ran on this computer and is gone, so it holds nothing any more";
    case "unknown":
      return yes
        ? "it ran on another computer, and you say that it is over"
        : "it ran on another computer, so nobody here can tell whether it still does: look at the CI job, or ask";
    default:
      return verdict satisfies never;
  }
}

/** `2026-01-01 12:00 UTC (3 min ago)`. */
function moment(text: string, now: number): string {
  const then = Date.parse(text);
  if (Number.isNaN(then)) return text;
  const minutes = Math.max(0, Math.round((now - then) / 60_000));
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor(minutes / 60)];
  const ago = days > 1 ? `${days} days` : hours > 1 ? `${hours} h` : `${minutes} min`;
  return `${new Date(then).toISOString().slice(0, 16).replace("T", " ")} UTC (${ago} ago)`;
}
