import type { Clock } from "../control/clock";
import { uuid } from "./ids";

/** Requests an account may make in an hour. */
const LIMIT = 5000;
const HOUR = 3_600_000;

/** Counts requests by the hour and tells of it as the API does. It never refuses: a fault of status 429 does. */
export class RateLimit {
  readonly #clock: Clock;
  #ends = 0;
  #count = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts one request. @returns the headers that tell how many are left */
  count(): Record<string, string> {
    const now = this.#clock.now();
    if (now >= this.#ends || this.#ends > now + HOUR) {
      this.#ends = now + HOUR;
      this.#count = 0;
    }
    this.#count += 1;
    return {
      "ratelimit-limit": String(LIMIT),
      "ratelimit-remaining": String(Math.max(0, LIMIT - this.#count)),
      "ratelimit-reset": String(Math.floor(this.#ends / 1000)),
    };
  }
}

/** Ids of requests, the same row in each run of the sandbox. */
export class RequestIds {
  #count = 0;

  next(): string {
    this.#count += 1;
    return uuid("request", this.#count);
  }
}
