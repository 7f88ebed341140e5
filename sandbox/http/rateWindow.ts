import type { Clock } from "../control/clock";

/** Where a count of requests stands. */
export interface RateCount {
  /** Requests that are left until the count begins anew. */
  readonly remaining: number;
  /** When that is, in milliseconds since 1970. */
  readonly ends: number;
  /** Now, by the clock that counts. */
  readonly now: number;
}

/** Counts requests, anew after each span of time. It never refuses: a fault of status 429 does. */
export class RateWindow {
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #length: number;
  #ends = 0;
  #count = 0;

  /**
   * @param limit requests in one span
   * @param length of the span, in milliseconds
   */
  constructor(clock: Clock, limit: number, length: number) {
    this.#clock = clock;
    this.#limit = limit;
    this.#length = length;
  }

  /** Counts one request. */
  count(): RateCount {
    const now = this.#clock.now();
    if (now >= this.#ends || this.#ends > now + this.#length) {
      this.#ends = now + this.#length;
      this.#count = 0;
    }
    this.#count += 1;
    return { remaining: Math.max(0, this.#limit - this.#count), ends: this.#ends, now };
  }
}
