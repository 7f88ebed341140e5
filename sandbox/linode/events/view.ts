import { USERNAME } from "../account/profile";
import { apiTime } from "../time";
import type { Event } from "./model";

/** Per cent of an event's work that is shown; the sandbox knows no more than these. */
const SHARE: Readonly<Record<Event["status"], number | null>> = {
  scheduled: 0,
  started: 50,
  finished: 100,
  failed: 100,
  notification: null,
};

/** An event as the API shows it. @param now in milliseconds since 1970 */
export function eventView(event: Event, now: number) {
  return {
    id: event.id,
    created: apiTime(event.startedAt),
    seen: event.seen,
    read: event.seen,
    percent_complete: SHARE[event.status],
    time_remaining: event.status === "finished" ? 0 : null,
    rate: null,
    duration: durationOf(event, now),
    action: event.action,
    username: USERNAME,
    entity: event.entity,
    status: event.status,
    secondary_entity: event.secondary,
    message: event.message,
    details: {},
  };
}

/** Seconds since it began. */
function durationOf(event: Event, now: number): number | null {
  if (event.status === "scheduled" || event.status === "notification") return null;
  return ((event.endedAt ?? now) - event.startedAt) / 1000;
}
