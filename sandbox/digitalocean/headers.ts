import type { Clock } from "../control/clock";
import { RateWindow } from "../http/rateWindow";
import { uuid } from "./ids";

/** Requests an account may make in an hour. */
const LIMIT = 5000;
const HOUR = 3_600_000;

/** Counts requests by the hour and tells of it as the API does. */
export class RateLimit {
  readonly #window: RateWindow;

  constructor(clock: Clock) {
    this.#window = new RateWindow(clock, LIMIT, HOUR);
  }

  /** Counts one request. @returns the headers that tell how many are left */
  count(): Record<string, string> {
    const { remaining, ends } = this.#window.count();
    return {
      "ratelimit-limit": String(LIMIT),
      "ratelimit-remaining": String(remaining),
      "ratelimit-reset": String(Math.floor(ends / 1000)),
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
