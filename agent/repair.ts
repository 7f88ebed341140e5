/** `slipway repair`: mends what an interrupted release or other operation left behind, without waiting for the next one. It runs at each boot. */
import { Failure, reasonOf } from "./failure";
import type { Host } from "./host";
import { APPS, appPaths, INTENTS } from "./paths";
import { type Revival, revivalText } from "./revive";
import { certify } from "./steps/certificates";
import { judge } from "./steps/judge";
import { tidy } from "./steps/tidy";
import { takeUp } from "./takeUp";

/** What became of an app. */
export interface Repair {
  readonly app: string;
  /** Release that serves now; none where nothing is live. */
  readonly serving?: number;
  /** A line for each thing that was mended. */
  readonly mended: readonly string[];
  /** A line for each name that has no certificate. */
  readonly pending?: readonly string[];
  /** Why it could not be mended. */
  readonly failed?: string;
  /** Who holds the app's lock: a release mends by itself what it finds. */
  readonly underWay?: string;
}

/** How a repair is run. */
export interface RepairOptions {
  /** The only app to look at; all where left out. */
  readonly app?: string | undefined;
  /** Seconds to wait for a release that is under way; it mends by itself what it finds. */
  readonly wait: number;
  readonly pid: number;
}

/** Mends one app after another; one that can't be mended doesn't keep the others from it. @throws Failure if there is no such app */
export async function repair(host: Host, { app, wait, pid }: RepairOptions): Promise<readonly Repair[]> {
  const apps = await appsOf(host);
  if (app !== undefined && !apps.includes(app))
    throw new Failure(`there is no app ${app} on this host; it has: ${apps.join(", ") || "none"}`);
  const done: Repair[] = [];
  for (const one of app === undefined ? apps : [app]) {
    done.push(
      await repairApp(host, one, wait, `slipway repair, pid ${pid}`).catch((thrown) => ({
        app: one,
        mended: [],
        failed: reasonOf(thrown),
      })),
    );
  }
  return done;
}

/** Those that are there, and those that something was begun with, e.g. their removal. */
async function appsOf(host: Host): Promise<readonly string[]> {
  const begun = (await host.files.list(INTENTS)).flatMap((name) => /^(.+)\.json$/.exec(name)?.[1] ?? []);
  return [...new Set([...(await host.files.list(APPS)), ...begun])].sort();
}

async function repairApp(host: Host, app: string, wait: number, owner: string): Promise<Repair> {
  const lock = await host.lock({ path: appPaths(app).lock, wait, owner, onWait: () => {} }).catch(reasonOf);
  if (typeof lock === "string") return { app, mended: [], underWay: lock };
  try {
    const taken = await Promise.race([takeUp(host, app, owner), lock.lost]);
    if (!(await host.files.list(APPS)).includes(app)) return { app, mended: taken };
    const { live, notes } = await Promise.race([judge(host, app), lock.lost]);
    const { mended } = await Promise.race([tidy({ host, app, owner, live }), lock.lost]);
    const pending: string[] = [];
    const order = live && { host, content: live.content, owner, say: (line: string) => pending.push(line) };
    const came = order && (await Promise.race([certify(order), lock.lost]));
    return {
      app,
      ...(live && { serving: live.release }),
      mended: [...taken, ...notes, ...mended, ...(came === undefined ? [] : [came])],
      ...(pending.length > 0 && { pending }),
    };
  } finally {
    await lock.free();
  }
}

/** The repairs as lines for people. @param revival of the host's services, before its apps were looked at */
export function repairText(repairs: readonly Repair[], revival?: Revival): readonly string[] {
  const lines = [...(revival ? revivalText(revival) : []), ...repairs.flatMap(appText)];
  return lines.length > 0 ? lines : ["nothing to mend"];
}

function appText({ app, serving, mended, pending = [], failed, underWay }: Repair): readonly string[] {
  if (failed !== undefined) return [`! ${app}: can't be mended: ${failed}`];
  if (underWay !== undefined) return [`${app}: left to the release under way: ${underWay}`];
  const warnings = pending.map((line) => `! ${app}: ${line}`);
  if (mended.length === 0) return warnings;
  return [
    ...mended.map((line) => `${app}: ${line}`),
    ...warnings,
    `${app}: ${serving === undefined ? "nothing is live" : `release ${serving} serves`}`,
  ];
}
