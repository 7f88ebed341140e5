import { isDue } from "../../cloud/due";
import type { Cloud } from "../cloud";
import { carryOut, giveUp, settle } from "./changes";
import type { Action } from "./model";

/** How many actions are remembered; the oldest that are over go first. */
const REMEMBERED = 2000;

/** What {@link begin} needs to know of an action. */
export type NewAction = Pick<Action, "type" | "resourceType" | "resourceId" | "region" | "locks" | "change">;

/** Records an action and starts its work on the machines. */
export function begin(cloud: Cloud, fresh: NewAction): Action {
  const { state } = cloud;
  state.counters.action += 1;
  const action: Action = {
    id: state.counters.action,
    ...fresh,
    status: "in-progress",
    startedAt: cloud.clock.now(),
    completedAt: null,
    reads: 0,
    worked: false,
  };
  state.actions.push(action);
  forgetOldest(state.actions);
  perform(cloud, action);
  return action;
}

/** Takes up the work of an action in progress; also after a restart, for every change can be made twice. */
export function perform(cloud: Cloud, action: Action): void {
  const work = carryOut(cloud, action.change)
    .then(
      () => {
        action.worked = true;
        if (known(cloud, action)) advance(cloud, action);
      },
      (error: unknown) => {
        cloud.log(
          `action ${action.id} ${action.type} failed: ${error instanceof Error ? error.message : String(error)}`,
        );
        if (!known(cloud, action)) return;
        action.status = "errored";
        action.completedAt = cloud.clock.now();
        giveUp(cloud, action.change);
      },
    )
    .then(() => cloud.save())
    .catch((error: unknown) => cloud.log(`the sandbox's records could not be saved: ${(error as Error).message}`))
    .finally(() => cloud.underway.delete(action));
  cloud.underway.set(action, work);
}

/** Counts a read of actions, or of the resource they change, and completes those whose time has come. */
export function observe(cloud: Cloud, actions: readonly Action[]): void {
  for (const action of actions) {
    if (action.status !== "in-progress") continue;
    advance(cloud, action);
    if (action.status === "in-progress") action.reads += 1;
  }
}

/** Completes an action whose work is done, if the settings let it be shown already. */
export function advance(cloud: Cloud, action: Action): void {
  if (action.status !== "in-progress" || !action.worked || !due(cloud, action)) return;
  action.status = "completed";
  action.completedAt = cloud.clock.now();
  settle(cloud, action.change);
}

/** With the transitions `immediate`: resolves when the action's work is over. With any other: at once. */
export async function untilShown(cloud: Cloud, actions: readonly Action[]): Promise<void> {
  if (cloud.settings().transitions.mode !== "immediate") return;
  await Promise.all(actions.map((action) => cloud.underway.get(action)));
}

/** The actions that hold a droplet. */
export function pending(cloud: Cloud, droplet: number): Action[] {
  return cloud.state.actions.filter((action) => action.status === "in-progress" && action.locks.includes(droplet));
}

function due(cloud: Cloud, action: Action): boolean {
  return isDue(cloud.settings().transitions, action, cloud.clock.now());
}

/** Whether the action is still on record: a reset of the sandbox forgets it while its work runs on. */
function known(cloud: Cloud, action: Action): boolean {
  return cloud.state.actions.includes(action);
}

function forgetOldest(actions: Action[]): void {
  if (actions.length <= REMEMBERED) return;
  const oldest = actions.findIndex((action) => action.status !== "in-progress");
  if (oldest >= 0) actions.splice(oldest, 1);
}
