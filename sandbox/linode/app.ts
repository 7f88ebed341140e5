import { type Context, Hono } from "hono";
import type { Faults } from "../control/faults";
import type { SandboxEnv } from "../http/env";
import { injectFaults } from "../http/faults";
import type { RequestLog } from "../http/requests";
import type { UncoveredList } from "../http/uncovered";
import type { Cloud } from "./cloud";
import { ApiError, type Reason, reasonOf } from "./errors";
import { RateLimit } from "./headers";
import { routes } from "./routes";

/** What stands around the API's routes. */
export interface Surroundings {
  readonly faults: Faults;
  readonly requests: RequestLog;
  readonly uncovered: UncoveredList;
}

/** What the real API tells without a token. */
const OPEN = /^\/v4(beta)?\/(regions|images|linode\/types|linode\/kernels|volumes\/types)(\/|$)/;

/** The Linode API, version 4, under `/v4` and, for clients that ask for what is new, `/v4beta`. */
export function linodeApp(cloud: Cloud, { faults, requests, uncovered }: Surroundings): Hono<SandboxEnv> {
  const api = new Hono<SandboxEnv>();
  const limit = new RateLimit(cloud.clock);

  api.use("/*", requests.middleware(cloud.clock));
  api.use("/*", async (c, next) => {
    const told = limit.count();
    await next();
    for (const [name, value] of Object.entries(told)) if (!c.res.headers.has(name)) c.res.headers.set(name, value);
  });
  api.use("/*", injectFaults(faults, refusal));
  api.use("/*", async (c, next) => {
    const authorization = c.req.header("authorization");
    const open = authorization === undefined && c.req.method === "GET" && OPEN.test(c.req.path);
    if (!open && !/^Bearer \S+$/i.test(authorization ?? "")) return refuse(401, [{ reason: reasonOf(401) }]);
    await next();
    // What is answered is kept: a daemon that dies after the reply comes back with it.
    if (c.req.method !== "GET") await cloud.save();
  });

  routes(api, cloud);

  api.all("/*", (c) => {
    const { method, path } = c.req;
    if (uncovered.add(method, path)) cloud.log(`not covered: ${method} ${path}`);
    const where = `add it in sandbox/linode/${path.split("/")[2] ?? ""}`;
    return refuse(501, [{ reason: `the sandbox does not know ${method} ${path}; ${where}` }]);
  });
  api.onError((error, c) => {
    if (error instanceof ApiError) return refuse(error.status, error.reasons);
    cloud.log(`${c.req.method} ${c.req.path} failed: ${error.stack ?? error.message}`);
    return refuse(500, [{ reason: reasonOf(500) }]);
  });
  return new Hono<SandboxEnv>().route("/v4", api).route("/v4beta", api);
}

/** The answer of a status fault. */
function refusal(_c: Context<SandboxEnv>, status: number, retryAfter: number | undefined): Response {
  const response = refuse(status, [{ reason: reasonOf(status) }]);
  if (retryAfter !== undefined) response.headers.set("retry-after", String(retryAfter));
  return response;
}

function refuse(status: number, errors: readonly Reason[]): Response {
  return Response.json({ errors }, { status });
}
