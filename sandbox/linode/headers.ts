import type { Clock } from "../control/clock";
import { RateWindow } from "../http/rateWindow";

/** Requests an account may make in a minute, and the version of the specification the API tells of (September 2026). */
const LIMIT = 1840;
const MINUTE = 60_000;
const SPEC = "4.235.1";

/** Counts requests by the minute and tells of it as the API does. */
export class RateLimit {
  readonly #window: RateWindow;

  constructor(clock: Clock) {
    this.#window = new RateWindow(clock, LIMIT, MINUTE);
  }

  /** Counts one request. @returns the headers of its answer; `retry-after` comes with every one, refused or not */
  count(): Record<string, string> {
    const { remaining, ends, now } = this.#window.count();
    return {
      "x-ratelimit-limit": String(LIMIT),
      "x-ratelimit-remaining": String(remaining),
      "x-ratelimit-reset": String(Math.floor(ends / 1000)),
      "retry-after": String(Math.ceil((ends - now) / 1000)),
      "x-spec-version": SPEC,
      "x-oauth-scopes": "*",
      "x-accepted-oauth-scopes": "*",
    };
  }
}
