import type { NetworkPlan } from "../cloud/network";
import type { WorkQueue } from "../cloud/work";
import type { Clock } from "../control/clock";
import type { Settings } from "../control/settings";
import type { Databases } from "../databases/databases";
import type { Machines } from "../machines/machines";
import type { Event } from "./events/model";
import type { Filters } from "./firewalls/filters";
import type { State } from "./state";

/** What the models of the emulated cloud work with. */
export interface Cloud {
  readonly state: State;
  readonly clock: Clock;
  readonly network: NetworkPlan;
  /** The addresses in use on the network, whichever cloud gave them. */
  taken(): Iterable<string>;
  readonly machines: Machines;
  readonly databases: Databases;
  readonly work: WorkQueue;
  /** Work on database servers. */
  readonly servers: WorkQueue;
  readonly filters: Filters;
  /** Work under way of events that are not over. */
  readonly underway: Map<Event, Promise<void>>;
  settings(): Settings;
  /** Keeps the records after a change that no request waits for. */
  save(): Promise<void>;
  log(line: string): void;
}
