import type { Transitions } from "../control/settings";

/** What decides whether a change may be shown as done. */
export interface Begun {
  /** How often it was read since it began. */
  readonly reads: number;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}

/** Whether the settings let a change be shown as done whose work on machines is done. @param now in milliseconds since 1970 */
export function isDue(transitions: Transitions, begun: Begun, now: number): boolean {
  switch (transitions.mode) {
    case "machine":
    case "immediate":
      return true;
    case "polls":
      return begun.reads >= transitions.polls;
    case "seconds":
      return now >= begun.startedAt + transitions.seconds * 1000;
    default:
      return transitions satisfies never;
  }
}
