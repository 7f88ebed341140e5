/**
 * The edge's whole configuration, rendered from the live releases of all apps. It names no port and no release, so that most
 * releases leave it as it is (see `doors.ts`).
 */
import { block } from "./edge/block";
import { answers } from "./edge/place";
import { type Place, type Site, sitesOf } from "./edge/sites";
import type { Tls } from "./manifest";
import { literally } from "./mount";
import { EDGE_LOGS } from "./paths";
import type { ReleaseRecord } from "./record";
import { rootPath } from "./roots";

/** First line of every Caddyfile of ours. */
export const HEAD =
  "# Written by slipway from the live releases. Changes made here by hand are lost at the next release.";

/** Segments of one or two dots, encoded or not, before the query: they would lead from the path of one app to another's. */
const DOT_SEGMENTS = "(?i)^[^?]*([/\\\\]|%2f|%5c)([.]|%2e){1,2}([/\\\\?]|%2f|%5c|$)";

/** Headers that say under which path an app stands, in every spelling that WSGI and CGI take for the same. */
const PREFIX_HEADERS = [
  ...["X-Script-Name", "X-Script_Name", "X_Script-Name", "X_Script_Name"],
  ...["X-Forwarded-Prefix", "X-Forwarded_Prefix", "X_Forwarded-Prefix", "X_Forwarded_Prefix"],
  ...["Script-Name", "Script_Name"],
];

/** The Caddyfile of these live releases; equal states give equal text. */
export function caddyfile(records: readonly ReleaseRecord[]): string {
  const sites = sitesOf(records).map(site);
  return `${HEAD}\n${globals(records)}\n\n${fromVisitors()}\n${sites.map((text) => `\n${text}\n`).join("")}\n${fallback()}\n`;
}

function globals(records: readonly ReleaseRecord[]): string {
  return block("", [
    "admin localhost:2019",
    // HTTP/3 would be offered on a port that no firewall of ours opens.
    block("servers", ["protocols h1 h2"]),
    // It may not change what this host trusts, and would complain of that at each start.
    ...(records.some(({ content }) => content.tls.mode === "internal") ? ["skip_install_trust"] : []),
  ]);
}

/** Without it a host name that no app has gets an empty answer with status 200. */
function fallback(): string {
  return block(":80", ['respond "no app answers to this host name" 404']);
}

/** What a visitor says of an app's path is never true; the edge says it where there is something to say. */
function fromVisitors(): string {
  return block(
    "(from_visitors)",
    PREFIX_HEADERS.map((name) => `request_header -${name}`),
  );
}

function site({ host, tls, places }: Site): string {
  const whole = places.find(({ mount }) => mount.path === "");
  const parts = places.filter(({ mount }) => mount.path !== "");
  const rest = whole ? answers(whole) : ['respond "no app answers to this path" 404'];
  return block(tls.mode === "off" ? `http://${host}` : host, [
    ...tlsLines(tls),
    ...hstsLines(tls),
    block("log", [block(`output file ${EDGE_LOGS}/${logName(host, places)}.log`, ["roll_size 20MiB", "roll_keep 5"])]),
    "import from_visitors",
    ...(parts.length === 0
      ? rest
      : [
          `@dots vars_regexp {uri} ${DOT_SEGMENTS}`,
          block("handle @dots", ['respond "a path with . or .. in it" 400']),
          ...parts.flatMap((place, index) => part(place, `@at${index}`)),
          block("handle", rest),
        ]),
  ]);
}

/** The path as it came decides, not what it may be taken to mean: so no spelling of one app's path is another app's. */
function part(place: Place, matcher: string): string[] {
  const pattern = `^${literally(place.mount.path)}([/?]|$)`;
  return [`${matcher} vars_regexp {uri} ${pattern}`, block(`handle ${matcher}`, answers(place))];
}

/** A log for each app; apps that share a host name share its log. */
function logName(host: string, places: readonly Place[]): string {
  const [app = host, ...others] = new Set(places.map(({ record }) => record.content.app));
  return others.length === 0 ? app : host;
}

function tlsLines(tls: Tls): string[] {
  switch (tls.mode) {
    case "off":
      return [];
    case "internal":
      return ["tls internal"];
    case "acme": {
      const head = ["tls", ...(tls.email ? [tls.email] : [])].join(" ");
      if (tls.directory)
        return [block(head, [`ca ${tls.directory}`, ...(tls.root ? [`ca_root ${rootPath(tls.root)}`] : [])])];
      return tls.email ? [head] : [];
    }
    default: {
      const never: never = tls;
      return never;
    }
  }
}

/** An app that says it itself, e.g. for its subdomains too, is not contradicted. */
function hstsLines(tls: Tls): string[] {
  if (tls.mode === "off" || tls.hsts === undefined) return [];
  return [`header ?Strict-Transport-Security "max-age=${tls.hsts}"`];
}
