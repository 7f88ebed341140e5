import type { Clock } from "../control/clock.js";
import type { Settings } from "../control/settings.js";
import type { Machines } from "../machines/machines.js";
import type { Action } from "./actions/model.js";
import type { Filters } from "./firewalls/filters.js";
import type { NetworkPlan } from "./network.js";
import type { State } from "./state.js";
import type { WorkQueue } from "./work.js";

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
