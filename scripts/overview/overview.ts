/** All stacks of a project and how they fare, in plain data: what the table, the page and `--json` show. */
import type { AppReport, HostReport } from "./hostReport";

/** @see the file's head */
export interface Overview {
  readonly project: string;
  /** ISO 8601, when it was looked at. */
  readonly at: string;
  readonly stacks: readonly StackView[];
}

/** A stack. */
export interface StackView {
  readonly stack: string;
  /** Why nothing more is known of it. */
  readonly unknown?: string;
  /** Whether it has a machine that was asked; one without is not up. */
  readonly state: "up" | "not up" | "unknown";
  readonly machine?: MachineView;
  readonly apps: readonly AppView[];
}

/** The machine of a stack. */
export interface MachineView {
  readonly address: string;
  /** What it calls itself. */
  readonly name: string;
  /** Bytes. */
  readonly disk: { readonly free: number; readonly size: number };
  /** Bytes; `free` is what processes could still have. */
  readonly memory: { readonly free: number; readonly size: number };
  /** Other stacks that have apps there, by what the machine says: `PROJECT/STACK`. */
  readonly shared: readonly string[];
  readonly problems: readonly string[];
}

/** How an app fares. */
export type Health = "well" | "releasing" | "closed" | "trouble" | "down" | "nothing live";

/** An app. Times are ISO 8601. */
export interface AppView {
  readonly app: string;
  readonly health: Health;
  readonly release?: number;
  readonly since?: string;
  readonly actor?: string;
  readonly commit?: string;
  readonly run?: string;
  readonly addresses: readonly string[];
  /** What of its processes runs, e.g. `3 of 3`. */
  readonly running: { readonly running: number; readonly wanted: number };
  /** The certificate that ends first: in how many days. None where it has none to have; `days` is missing where one is missing. */
  readonly certificate?: { readonly name: string; readonly days?: number };
  /** The newest dump of its database, and how many there are. */
  readonly snapshot?: { readonly at?: string; readonly count: number };
  readonly problems: readonly string[];
}

/** What was learnt of a stack: what its machine says, or why that can't be told; nothing where it has no machine. */
export interface Learnt {
  readonly stack: string;
  readonly address?: string;
  readonly report?: HostReport;
  readonly unknown?: string;
}

/** Milliseconds. */
const DAY = 86_400_000;

/** The overview of what was learnt. @param now milliseconds since 1970 */
export function overviewOf(project: string, learnt: readonly Learnt[], now: number): Overview {
  const stacks = learnt.map((one) => stackView(project, one, now));
  return { project, at: new Date(now).toISOString(), stacks: stacks.sort((a, b) => (a.stack < b.stack ? -1 : 1)) };
}

/** All that is not as it should be, each under its stack's name. */
export function problemsOf({ stacks }: Overview): readonly { readonly stack: string; readonly problem: string }[] {
  return stacks.flatMap(({ stack, unknown, machine, apps }) =>
    [
      ...(unknown === undefined ? [] : [unknown]),
      ...(machine?.problems ?? []),
      ...apps.flatMap(({ app, problems }) => problems.map((problem) => `${app}: ${problem}`)),
    ].map((problem) => ({ stack, problem })),
  );
}

function stackView(project: string, { stack, address, report, unknown }: Learnt, now: number): StackView {
  if (unknown !== undefined) return { stack, state: "unknown", unknown, apps: [] };
  if (!report || address === undefined) return { stack, state: "not up", apps: [] };
  const full = `${project}/${stack.split("/").at(-1)}`;
  const { name, disk, memory, problems } = report;
  const others = report.apps.flatMap((app) => (app.stack === undefined || app.stack === full ? [] : [app.stack]));
  return {
    stack,
    state: "up",
    machine: { address, name, disk, memory, shared: [...new Set(others)].sort(), problems },
    apps: report.apps.filter((app) => app.stack === full).map((app) => appView(app, now)),
  };
}

function appView(app: AppReport, now: number): AppView {
  const { release, since, actor, commit, run, addresses, problems, snapshots } = app;
  const certificate = firstToEnd(app, now);
  const { count, at } = snapshots;
  return {
    app: app.app,
    health: healthOf(app),
    ...(release !== undefined && { release }),
    ...(since !== undefined && { since }),
    ...(actor !== undefined && { actor }),
    ...(commit !== undefined && { commit }),
    ...(run !== undefined && { run }),
    addresses,
    running: runningOf(app),
    ...(certificate && { certificate }),
    ...(count > 0 && { snapshot: { count, ...(at !== undefined && { at }) } }),
    problems,
  };
}

function healthOf(app: AppReport): Health {
  if (app.release === undefined) return app.busy === undefined ? "nothing live" : "releasing";
  if (app.busy !== undefined) return "releasing";
  if (app.maintenance) return "closed";
  const { running, wanted } = runningOf(app);
  if (wanted > 0 && running === 0) return "down";
  return app.problems.length > 0 ? "trouble" : "well";
}

function runningOf({ processes }: AppReport): AppView["running"] {
  const lasting = Object.values(processes).filter(({ wanted }) => wanted > 0);
  const sum = (count: (process: (typeof lasting)[number]) => number) =>
    lasting.reduce((total, process) => total + count(process), 0);
  return {
    running: sum(({ running, unhealthy }) => running - unhealthy),
    wanted: sum(({ wanted }) => wanted),
  };
}

/** One that is missing comes before all that aren't. */
function firstToEnd({ certificates }: AppReport, now: number): AppView["certificate"] {
  const missing = certificates.find(({ until }) => until === undefined);
  if (missing) return { name: missing.name };
  const days = certificates.map(({ name, until = "" }) => ({
    name,
    days: Math.floor((Date.parse(until) - now) / DAY),
  }));
  return days.sort((a, b) => a.days - b.days)[0];
}
