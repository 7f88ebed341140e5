import type { Clock } from "../control/clock";

/** Requests an account may make in a minute, and the version of the specification the API tells of (September 2026). */
const LIMIT = 1840;
const MINUTE = 60_000;
const SPEC = "4.235.1";

/** Counts requests by the minute and tells of it as the API does. It never refuses: a fault of status 429 does. */
export class RateLimit {
  readonly #clock: Clock;
  #ends = 0;
  #count = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts one request. @returns the headers of its answer; `retry-after` comes with every one, refused or not */
  count(): Record<string, string> {
    const now = this.#clock.now();
    if (now >= this.#ends || this.#ends > now + MINUTE) {
      this.#ends = now + MINUTE;
      this.#count = 0;
    }
    this.#count += 1;
    return {
      "x-ratelimit-limit": String(LIMIT),
      "x-ratelimit-remaining": String(Math.max(0, LIMIT - this.#count)),
      "x-ratelimit-reset": String(Math.floor(this.#ends / 1000)),
      "retry-after": String(Math.ceil((this.#ends - now) / 1000)),
      "x-spec-version": SPEC,
      "x-oauth-scopes": "*",
      "x-accepted-oauth-scopes": "*",
    };
  }
}
