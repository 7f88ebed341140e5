import type { MiddlewareHandler } from "hono";
import type { Clock } from "../control/clock";
import type { SandboxEnv } from "./env";

/** One request a cloud's API has answered. */
export interface SeenRequest {
  /** Time of the request, ISO 8601. */
  readonly at: string;
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly status: number;
}

/** How many requests are remembered. */
const REMEMBERED = 500;

/** The last requests to the clouds' APIs, oldest first. */
export class RequestLog {
  #seen: SeenRequest[] = [];

  list(): readonly SeenRequest[] {
    return this.#seen;
  }

  clear(): void {
    this.#seen = [];
  }

  /** Remembers each request that passes and the status it gets. */
  middleware(clock: Clock): MiddlewareHandler<SandboxEnv> {
    return async (c, next) => {
      const at = new Date(clock.now()).toISOString();
      await next();
      const url = new URL(c.req.url);
      this.#seen.push({ at, method: c.req.method, path: url.pathname + url.search, status: c.res.status });
      if (this.#seen.length > REMEMBERED) this.#seen.shift();
    };
  }
}
