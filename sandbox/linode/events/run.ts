import { isDue } from "../../cloud/due";
import type { Cloud } from "../cloud";
import { carryOut, giveUp, settle } from "./changes";
import type { Entity, Event } from "./model";

/** How many events are remembered; the oldest that are over go first. */
const REMEMBERED = 2000;

/** What {@link begin} needs to know of an event. */
export type NewEvent = Pick<Event, "action" | "entity" | "holds" | "change"> & { readonly secondary?: Entity };

/** Records an event and starts its work on the machines. */
export function begin(cloud: Cloud, fresh: NewEvent): Event {
  const event = record(cloud, fresh, "scheduled");
  perform(cloud, event);
  return event;
}

/** Records an event of what was done at once. */
export function notify(cloud: Cloud, action: string, entity: Entity, secondary?: Entity): void {
  const fresh = { action, entity, holds: null, change: { kind: "nothing" } as const };
  record(cloud, secondary ? { ...fresh, secondary } : fresh, "notification");
}

/** Takes up the work of an event that is not over; also after a restart, for every change can be made twice. */
export function perform(cloud: Cloud, event: Event): void {
  const work = carryOut(cloud, event.change, () => {
    if (event.status === "scheduled") event.status = "started";
  })
    .then(
      () => {
        event.worked = true;
        if (known(cloud, event)) advance(cloud, event);
      },
      (error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        cloud.log(`event ${event.id} ${event.action} failed: ${reason}`);
        if (!known(cloud, event)) return;
        Object.assign(event, { status: "failed", message: reason, endedAt: cloud.clock.now() });
        giveUp(cloud, event.change);
      },
    )
    .then(() => cloud.save())
    .catch((error: unknown) => cloud.log(`the sandbox's records could not be saved: ${(error as Error).message}`))
    .finally(() => cloud.underway.delete(event));
  cloud.underway.set(event, work);
}

/** Counts a read of events, or of what they change, and ends those whose time has come. */
export function observe(cloud: Cloud, events: readonly Event[]): void {
  for (const event of events) {
    if (!isOpen(event)) continue;
    advance(cloud, event);
    if (isOpen(event)) event.reads += 1;
  }
}

/** Counts a read of a Linode. */
export function observeLinode(cloud: Cloud, id: number): void {
  observe(
    cloud,
    cloud.state.events.filter((event) => event.holds === id),
  );
}

/** With the transitions `immediate`: resolves when the events' work is over. With any other: at once. */
export async function untilShown(cloud: Cloud, events: readonly Event[]): Promise<void> {
  if (cloud.settings().transitions.mode !== "immediate") return;
  await Promise.all(events.map((event) => cloud.underway.get(event)));
}

/** Whether a Linode is busy: an event that holds it is not over. */
export function isBusy(cloud: Cloud, id: number): boolean {
  const holding = cloud.state.events.filter((event) => event.holds === id && isOpen(event));
  for (const event of holding) advance(cloud, event);
  return holding.some(isOpen);
}

/** Whether an event is not over. */
export function isOpen(event: Event): boolean {
  return event.status === "scheduled" || event.status === "started";
}

/** Ends an event whose work is done, if the settings let it be shown already; never before the ones it waits for. */
function advance(cloud: Cloud, event: Event): void {
  if (!isOpen(event) || !event.worked) return;
  if (!isDue(cloud.settings().transitions, event, cloud.clock.now())) return;
  if (event.holds !== null && cloud.state.events.some((other) => isBefore(other, event))) return;
  event.status = "finished";
  event.endedAt = cloud.clock.now();
  settle(cloud, event.change);
  if (event.holds === null) return;
  for (const next of cloud.state.events.filter((other) => other.holds === event.holds)) advance(cloud, next);
}

function isBefore(other: Event, event: Event): boolean {
  return other.holds === event.holds && other.id < event.id && isOpen(other);
}

function record(cloud: Cloud, fresh: NewEvent, status: Event["status"]): Event {
  const { state, clock } = cloud;
  state.counters.event += 1;
  const event: Event = {
    id: state.counters.event,
    action: fresh.action,
    status,
    startedAt: clock.now(),
    endedAt: null,
    entity: fresh.entity,
    secondary: fresh.secondary ?? null,
    message: "",
    holds: fresh.holds,
    change: fresh.change,
    reads: 0,
    worked: status === "notification",
    seen: false,
  };
  state.events.push(event);
  forgetOldest(state.events);
  return event;
}

/** Whether the event is still on record: a reset of the sandbox forgets it while its work runs on. */
function known(cloud: Cloud, event: Event): boolean {
  return cloud.state.events.includes(event);
}

function forgetOldest(events: Event[]): void {
  if (events.length <= REMEMBERED) return;
  const oldest = events.findIndex((event) => !isOpen(event));
  if (oldest >= 0) events.splice(oldest, 1);
}
