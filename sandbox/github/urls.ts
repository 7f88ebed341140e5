import type { Context } from "hono";

/** Where an installation of GitHub has its API; github.com has it at the top of a host of its own. */
export const PREFIX = "/api/v3";

/** First segments of the API's paths that are also answered without {@link PREFIX}, for clients that know one host only. */
const ROOTS = /^\/(repos|repositories|orgs|users|user|rate_limit)(\/|$)/;

/** The path under {@link PREFIX} of a request to the API, as it is, of any other. */
export function pathOfApi(path: string): string {
  return ROOTS.test(path) ? PREFIX + path : path;
}

/** The address of something in the API. @param path below {@link PREFIX}, with its slash */
export function apiUrl(c: Context, path: string): string {
  return `${new URL(c.req.url).origin}${PREFIX}${path}`;
}

/** The address of something's page for people; there is no page behind it here. */
export function pageUrl(c: Context, path: string): string {
  return `${new URL(c.req.url).origin}${path}`;
}

/** A global id as the API makes them: a sign of the kind, then bytes. */
export function nodeId(kind: string, id: number): string {
  return `${kind}_${Buffer.from(`sandbox:${id}`).toString("base64url")}`;
}

/** A time as the API writes it. @param at milliseconds since 1970 */
export function apiTime(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, "Z");
}
