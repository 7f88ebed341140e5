import { type Context, Hono } from "hono";
import type { Faults } from "../control/faults";
import { BadBody } from "../http/body";
import type { SandboxEnv } from "../http/env";
import { injectFaults } from "../http/faults";
import type { RequestLog } from "../http/requests";
import type { UncoveredList } from "../http/uncovered";
import type { Cloud } from "./cloud";
import { ApiError, errorId } from "./errors";
import { RateLimit, RequestIds } from "./headers";
import { routes } from "./routes";

/** What stands around the API's routes. */
export interface Surroundings {
  readonly faults: Faults;
  readonly requests: RequestLog;
  readonly uncovered: UncoveredList;
}

/** The DigitalOcean API, version 2, under `/v2`. */
export function digitalOceanApp(cloud: Cloud, { faults, requests, uncovered }: Surroundings): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>();
  const ids = new RequestIds();
  const limit = new RateLimit(cloud.clock);

  app.use("/v2/*", requests.middleware(cloud.clock));
  app.use("/v2/*", async (c, next) => {
    c.set("requestId", ids.next());
    const told = limit.count();
    await next();
    c.res.headers.set("x-request-id", c.get("requestId"));
    for (const [name, value] of Object.entries(told)) c.res.headers.set(name, value);
  });
  app.use("/v2/*", injectFaults(faults, refusal));
  app.use("/v2/*", async (c, next) => {
    if (!/^Bearer \S+$/i.test(c.req.header("authorization") ?? "")) {
      return refuse(c, 401, "unauthorized", "Unable to authenticate you");
    }
    await next();
    // What is answered is kept: a daemon that dies after the reply comes back with it.
    if (c.req.method !== "GET") await cloud.save();
  });

  routes(app, cloud);

  app.all("/v2/*", (c) => {
    const { method, path } = c.req;
    if (uncovered.add(method, path)) cloud.log(`not covered: ${method} ${path}`);
    const where = `add it in sandbox/digitalocean/${path.split("/")[2] ?? ""}`;
    return refuse(c, 501, "not_implemented", `the sandbox does not know ${method} ${path}; ${where}`);
  });
  app.onError((error, c) => {
    if (error instanceof ApiError) return refuse(c, error.status, error.id, error.message);
    if (error instanceof BadBody) return refuse(c, error.status, errorId(error.status), error.message);
    cloud.log(`${c.req.method} ${c.req.path} failed: ${error.stack ?? error.message}`);
    return refuse(c, 500, "server_error", "Unexpected server-side error");
  });
  return app;
}

/** The answer of a status fault. */
function refusal(c: Context<SandboxEnv>, status: number, retryAfter: number | undefined): Response {
  const messages: Record<number, string> = {
    401: "Unable to authenticate you",
    403: "You are not authorized to perform this operation",
    429: "API rate limit exceeded.",
  };
  const response = refuse(c, status, errorId(status), messages[status] ?? "Unexpected server-side error");
  if (retryAfter !== undefined) response.headers.set("retry-after", String(retryAfter));
  return response;
}

function refuse(c: Context<SandboxEnv>, status: number, id: string, message: string): Response {
  return Response.json({ id, message, request_id: c.get("requestId") }, { status });
}
