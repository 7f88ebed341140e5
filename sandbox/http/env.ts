import type { IncomingMessage } from "node:http";

/** What handlers find in their context. */
export interface SandboxEnv {
  Variables: {
    /** Id of the request, told in `x-request-id` and in error bodies. */
    requestId: string;
  };
  /** The daemon's server gives the request it came by; in process there is none. */
  Bindings: { incoming?: IncomingMessage };
}
