import type { Host, Timer } from "../host";
import type { ReleaseRecord } from "../record";
import { calendarsOf } from "../schedule";

/** Timer by which a host asks the registry what an app's tags stand for. No process can have this name, since names hold no underscore. */
export const FOLLOW_TIMER = "follow_tags";

/** The part of a release that calls for timers. */
export type Timed = Pick<ReleaseRecord["content"], "app" | "processes" | "delivery">;

/** Makes an app's timers be those of its live release; resolves with whether they were otherwise. What runs already runs on. */
export async function moveSchedules(host: Host, timed: Timed): Promise<boolean> {
  return host.timers.set(timed.app, timersOf(timed));
}

/** The timers that a release calls for, by name. */
export function timersOf({ app, processes, delivery }: Timed): Readonly<Record<string, Timer>> {
  const schedules = Object.entries(processes).flatMap(([name, { schedule }]): [string, Timer][] =>
    schedule === undefined ? [] : [[name, { calendars: calendarsOf(schedule), argv: ["job", app, name] }]],
  );
  return {
    ...Object.fromEntries(schedules),
    ...(delivery && { [FOLLOW_TIMER]: { every: delivery.every, argv: ["follow", app] } }),
  };
}
