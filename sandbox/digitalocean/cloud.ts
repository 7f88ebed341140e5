import type { Clock } from "../control/clock";
import type { Settings } from "../control/settings";
import type { Machines } from "../machines/machines";
import type { Action } from "./actions/model";
import type { Filters } from "./firewalls/filters";
import type { NetworkPlan } from "./network";
import type { State } from "./state";
import type { WorkQueue } from "./work";

/** What the models of the emulated cloud work with. */
export interface Cloud {
  readonly state: State;
  readonly clock: Clock;
  readonly network: NetworkPlan;
  readonly machines: Machines;
  readonly work: WorkQueue;
  readonly filters: Filters;
  /** Work under way of actions that are in progress. */
  readonly underway: Map<Action, Promise<void>>;
  settings(): Settings;
  /** Keeps the records after a change that no request waits for. */
  save(): Promise<void>;
  log(line: string): void;
}
