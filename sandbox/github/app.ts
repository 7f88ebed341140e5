import { type Context, Hono } from "hono";
import type { Faults } from "../control/faults";
import type { SandboxEnv } from "../http/env";
import { injectFaults } from "../http/faults";
import type { RequestLog } from "../http/requests";
import type { UncoveredList } from "../http/uncovered";
import { tokenOf } from "./access";
import type { GitHub } from "./cloud";
import { ApiError, messageOf, refusalOf } from "./errors";
import { answerByTag, RateLimit } from "./headers";
import { routes } from "./routes";
import { PREFIX } from "./urls";

/** What stands around the API's routes. */
export interface Surroundings {
  readonly faults: Faults;
  readonly requests: RequestLog;
  readonly uncovered: UncoveredList;
}

/** GitHub's REST API under `/api/v3`, where an installation of one's own has it. */
export function githubApp(github: GitHub, { faults, requests, uncovered }: Surroundings): Hono<SandboxEnv> {
  const api = new Hono<SandboxEnv>();
  const limit = new RateLimit(github.clock);
  let answered = 0;

  api.use("/*", requests.middleware(github.clock));
  api.use("/*", async (c, next) => {
    const told = limit.count();
    answered += 1;
    await next();
    await answerByTag(c);
    c.res.headers.set("x-github-request-id", `SAND:${answered.toString(16).toUpperCase().padStart(8, "0")}`);
    for (const [name, value] of Object.entries(told)) if (!c.res.headers.has(name)) c.res.headers.set(name, value);
  });
  api.use("/*", injectFaults(faults, refusal));
  api.use("/*", async (c, next) => {
    const { method, path } = c.req;
    const open = method === "GET" && (path === PREFIX || path === `${PREFIX}/`);
    if (!open && tokenOf(c) === "") {
      return c.req.header("authorization") === undefined
        ? refusalOf(401, "Requires authentication")
        : refusalOf(401, messageOf(401));
    }
    await next();
    // What is answered is kept: a daemon that dies after the reply comes back with it.
    if (method !== "GET") await github.save();
  });

  // Clients ask the top for what this is; go-github and gh want no more than an answer.
  api.get("/", (c) => c.json({}));
  routes(api, github);

  api.all("/*", (c) => {
    const { method, path } = c.req;
    if (uncovered.add(method, path)) github.log(`not covered: ${method} ${path}`);
    return refusalOf(501, `the sandbox does not know ${method} ${path}; add it in sandbox/github`);
  });
  api.onError((error, c) => {
    if (error instanceof ApiError) {
      const response = refusalOf(error.status, error.message, error.mistakes);
      for (const [name, value] of Object.entries(error.headers)) response.headers.set(name, value);
      return response;
    }
    github.log(`${c.req.method} ${c.req.path} failed: ${error.stack ?? error.message}`);
    return refusalOf(500, messageOf(500));
  });
  return new Hono<SandboxEnv>().route(PREFIX, api);
}

/** The answer of a status fault. */
function refusal(_c: Context<SandboxEnv>, status: number, retryAfter: number | undefined): Response {
  const response = refusalOf(status, messageOf(status));
  if (retryAfter !== undefined) response.headers.set("retry-after", String(retryAfter));
  return response;
}
