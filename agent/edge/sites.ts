/**
 * Which apps share which host names. The Caddyfile has one site for each host name, whoever deployed the apps behind it: what joins
 * them is nothing but the live records.
 */
import type { Route, Tls } from "../manifest";
import { type Mount, mountOf } from "../mount";
import type { ReleaseRecord } from "../record";

/** What a host name answers with under one path. */
export interface Place {
  readonly record: ReleaseRecord;
  readonly route: Route;
  readonly mount: Mount;
}

/** A host name with all that stands under it. */
export interface Site {
  readonly host: string;
  readonly tls: Tls;
  /** The longest path first, so that the first that fits is the one that is meant. */
  readonly places: readonly Place[];
}

/**
 * The sites of these records, in an order that depends on names alone, so that equal states give equal text: by app and host. A site that
 * apps share stands where the first of them does.
 */
export function sitesOf(records: readonly ReleaseRecord[]): readonly Site[] {
  const all = [...records]
    .sort((a, b) => compare(a.content.app, b.content.app))
    .flatMap((record) =>
      [...record.content.routes]
        .sort((a, b) => compare(a.host, b.host))
        .map((route) => ({ record, route, mount: mountOf(route, record.content.routes) })),
    );
  const hosts = [...new Set(all.map(({ route }) => route.host))];
  return hosts.map((host) => {
    const places = all
      .filter(({ route }) => route.host === host)
      .sort((a, b) => b.mount.path.length - a.mount.path.length || compare(a.mount.path, b.mount.path));
    return { host, tls: tlsOf(places), places };
  });
}

/** Apps of a host name that disagree about its certificate: the one released last decides. */
function tlsOf(places: readonly Place[]): Tls {
  const [first, ...others] = places.map(({ record }) => record);
  if (!first) throw new Error("a site without an app");
  const newest = others.reduce((a, b) => (b.origin.sequence > a.origin.sequence ? b : a), first);
  return newest.content.tls;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
