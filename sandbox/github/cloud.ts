import type { Clock } from "../control/clock";
import type { State } from "./state";

/** What the models of the emulated GitHub work with. */
export interface GitHub {
  readonly state: State;
  readonly clock: Clock;
  /** Keeps the records. */
  save(): Promise<void>;
  log(line: string): void;
}
