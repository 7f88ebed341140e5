/** The sandbox's time. Everything that has a time reads it here, so that a test can stop it or move it on. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
}

/** The machine's own clock. */
export const systemClock: Clock = { now: () => Date.now() };
