/**
 * Where an app stands among the paths of a host name. The Caddyfile, health checks and the processes' environment all go by it, so
 * that what the edge sends, what the check asks and what the app believes of itself are the same.
 */
import type { Manifest, Route } from "./manifest";

/** See the file's head. */
export interface Mount {
  /** The path that leads here, without a final slash; empty for the whole host. */
  readonly path: string;
  /** What the app must put before its own paths in links; empty where it has nothing to put there. */
  readonly base: string;
  /** What stands before the app's own paths in what the process is asked for: the base, or nothing where the edge takes it off. */
  readonly seen: string;
}

/**
 * Where a route of an app leads. A route below another of the same app, say /shop/ws below /shop, is a part of that app's own paths: its
 * base is the upper one's. Where the edge takes the path off, the process sees no other base than that path.
 */
export function mountOf(route: Route, routes: readonly Route[]): Mount {
  const path = route.path ?? "";
  if (route.strip) return { path, base: path, seen: "" };
  const above = routes
    .filter(({ host, strip, path: other = "" }) => host === route.host && !strip && isBelow(path, other))
    .map(({ path: other = "" }) => other);
  const base = above.reduce((shortest, other) => (other.length < shortest.length ? other : shortest), path);
  return { path, base, seen: base };
}

/** Whether a path is another one or lies below it. */
export function isBelow(path: string, other: string): boolean {
  return path === other || path.startsWith(`${other}/`);
}

/** The mount of a process: all routes to it have the same. Whole host where none leads to it. */
export function mountOfProcess(name: string, routes: readonly Route[]): Mount {
  const route = routes.find(({ process }) => process === name);
  return route ? mountOf(route, routes) : { path: "", base: "", seen: "" };
}

/** Headers by which a process hears of its mount, as the edge and the health check send them. */
export function mountHeaders({ base, seen }: Mount): Readonly<Record<string, string>> {
  if (base === "") return {};
  return { "X-Script-Name": base, ...(seen === "" && { "X-Forwarded-Prefix": base }) };
}

/**
 * What SCRIPT_NAME says to a process; one without a route goes by the app's first. Nothing where the edge takes the path off: servers such
 * as gunicorn take the name off what they are asked for themselves, and fail where it isn't there.
 */
export function scriptNameOf(name: string, { routes }: Pick<Manifest, "routes">): string | undefined {
  const route = routes.find(({ process }) => process === name) ?? routes[0];
  return (route && mountOf(route, routes).seen) || undefined;
}

/** A path as a regular expression of Go's. */
export function literally(path: string): string {
  return path.replaceAll(".", "[.]");
}
