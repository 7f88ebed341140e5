import { createHash } from "node:crypto";
import type { Context } from "hono";
import type { Clock } from "../control/clock";
import { RateWindow } from "../http/rateWindow";

/** Requests a person's token may make in an hour (docs.github.com, "Rate limits for the REST API", 2026). */
const LIMIT = 5000;
const HOUR = 3_600_000;

/** Counts requests by the hour and tells of it as the API does. */
export class RateLimit {
  readonly #window: RateWindow;

  constructor(clock: Clock) {
    this.#window = new RateWindow(clock, LIMIT, HOUR);
  }

  /** Counts one request. @returns the headers of its answer */
  count(): Record<string, string> {
    const { remaining, ends } = this.#window.count();
    return {
      "x-ratelimit-limit": String(LIMIT),
      "x-ratelimit-remaining": String(remaining),
      "x-ratelimit-used": String(LIMIT - remaining),
      "x-ratelimit-reset": String(Math.floor(ends / 1000)),
      "x-ratelimit-resource": "core",
      "x-github-media-type": "github.v3; format=json",
      "x-github-api-version-selected": "2022-11-28",
    };
  }
}

/** Gives an answer that was read its `etag`, and answers 304 where the asker has it already. */
export async function answerByTag(c: Context): Promise<void> {
  if (c.req.method !== "GET" || c.res.status !== 200) return;
  const body = Buffer.from(await c.res.clone().arrayBuffer());
  const tag = createHash("sha256").update(body).digest("hex");
  const headers = new Headers(c.res.headers);
  headers.set("etag", `W/"${tag}"`);
  const known = c.req.header("if-none-match")?.includes(tag) === true;
  if (known) headers.delete("content-type");
  c.res = undefined;
  c.res = new Response(known ? null : body, { status: known ? 304 : 200, headers });
}
