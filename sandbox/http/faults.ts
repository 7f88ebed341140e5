import { setTimeout as wait } from "node:timers/promises";
import type { Context, MiddlewareHandler } from "hono";
import type { Faults } from "../control/faults";
import type { SandboxEnv } from "./env";

/**
 * Injects the faults in force.
 * @param refuse answers a status fault in the cloud's own words; `retryAfter` in seconds
 */
export function injectFaults(
  faults: Faults,
  refuse: (c: Context<SandboxEnv>, status: number, retryAfter: number | undefined) => Response,
): MiddlewareHandler<SandboxEnv> {
  return async (c, next) => {
    const fault = faults.strike(c.req.method, c.req.path);
    switch (fault?.kind) {
      case undefined:
        await next();
        return;
      case "status":
        return refuse(c, fault.status, fault.retryAfter);
      case "slow":
        await wait(fault.ms);
        await next();
        return;
      case "lost":
        await next();
        loseReply(c);
        return;
      default:
        fault satisfies never;
    }
  };
}

/** Drops the connection. In process there is none to drop: the reply is a bare 502 with `x-sandbox-fault: lost`. */
function loseReply(c: Context<SandboxEnv>): void {
  const socket = c.env?.incoming?.socket;
  c.res = undefined;
  c.res = new Response(null, { status: 502, headers: { "x-sandbox-fault": "lost" } });
  socket?.destroy();
}
