import { z } from "zod";

/** The sandbox's time. Everything that has a time reads it here, so that a test can stop it or move it on. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
}

/** The machine's own clock. */
export const systemClock: Clock = { now: () => Date.now() };

/** How far the sandbox's time differs from the clock below it. */
export const ClockState = z.strictObject({
  /** Milliseconds the sandbox is ahead of the clock below. */
  ahead: z.number(),
  /** Milliseconds since 1970 at which time stands still. */
  stopped: z.number().optional(),
});
/** @see ClockState */
export type ClockState = z.infer<typeof ClockState>;

/** A clock that can be stopped, set and moved on. */
export class ControlledClock implements Clock {
  readonly #below: Clock;
  #state: ClockState = { ahead: 0 };

  constructor(below: Clock) {
    this.#below = below;
  }

  now(): number {
    return this.#state.stopped ?? this.#below.now() + this.#state.ahead;
  }

  get state(): ClockState {
    return this.#state;
  }

  set state(state: ClockState) {
    this.#state = state;
  }

  /** Time stands still at `now` (milliseconds since 1970) until it is advanced or released. */
  stop(now: number): void {
    this.#state = { ahead: 0, stopped: now };
  }

  /** Moves time on, whether it stands or runs. */
  advance(milliseconds: number): void {
    const { ahead, stopped } = this.#state;
    this.#state = stopped === undefined ? { ahead: ahead + milliseconds } : { ahead, stopped: stopped + milliseconds };
  }

  /** Back to the clock below. */
  release(): void {
    this.#state = { ahead: 0 };
  }
}
