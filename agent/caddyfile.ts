/**
 * The edge's whole configuration, rendered from the live releases of all apps. It names no port and no release, so that most
 * releases leave it as it is (see `doors.ts`).
 */
import { basename, dirname } from "node:path";
import { portsFolder, staticFolder } from "./doors";
import type { Tls } from "./manifest";
import { appPaths } from "./paths";
import type { ReleaseRecord } from "./record";

/** First line of every Caddyfile of ours. */
export const HEAD =
  "# Written by slipway from the live releases. Changes made here by hand are lost at the next release.";

/** Names that carry a hash of their content never change: eight or more hexadecimal digits set off by a dot or a hyphen. */
const HASHED = "[.-][0-9a-f]{8,64}\\.";

/** Seconds after which a client in maintenance is told to ask again. */
const RETRY_AFTER = 120;

/** The Caddyfile of these live releases; apps and hosts in the order of their names, so that equal states give equal text. */
export function caddyfile(records: readonly ReleaseRecord[]): string {
  const sites = [...records]
    .sort((a, b) => compare(a.content.app, b.content.app))
    .flatMap((record) =>
      [...record.content.routes].sort((a, b) => compare(a.host, b.host)).map((route) => site(record, route)),
    );
  return `${HEAD}\n${globals()}\n${sites.map((text) => `\n${text}\n`).join("")}\n${fallback()}\n`;
}

function globals(): string {
  return block("", [
    "admin localhost:2019",
    // HTTP/3 would be offered on a port that no firewall of ours opens.
    block("servers", ["protocols h1 h2"]),
  ]);
}

/** Without it a host name that no app has gets an empty answer with status 200. */
function fallback(): string {
  return block(":80", ['respond "no app answers to this host name" 404']);
}

function site(record: ReleaseRecord, route: ReleaseRecord["content"]["routes"][number]): string {
  const { app, tls, processes } = record.content;
  const process = processes[route.process];
  return block(tls.mode === "off" ? `http://${route.host}` : route.host, [
    ...tlsLines(tls),
    "encode zstd gzip",
    block("log", [block(`output file /var/log/caddy/${app}.log`, ["roll_size 20MiB", "roll_keep 5"])]),
    ...maintenance(app),
    block("handle", [
      ...(process?.static ? [staticFiles(process.static.at, staticFolder(app, route.process))] : []),
      ...proxy(portsFolder(app, route.process, process?.replicas ?? 1), process?.replicas ?? 1),
    ]),
  ]);
}

function tlsLines(tls: Tls): string[] {
  switch (tls.mode) {
    case "off":
      return [];
    case "internal":
      return ["tls internal"];
    case "acme": {
      const head = ["tls", ...(tls.email ? [tls.email] : [])].join(" ");
      if (tls.directory) return [block(head, [`ca ${tls.directory}`])];
      return tls.email ? [head] : [];
    }
    default: {
      const never: never = tls;
      return never;
    }
  }
}

/** Answers whatever is asked with the maintenance page while there is one. */
function maintenance(app: string): string[] {
  const page = appPaths(app).maintenance;
  const [folder, name] = [dirname(page), `/${basename(page)}`];
  return [
    block("@closed", [block("file", [`root ${folder}`, `try_files ${name}`])]),
    block("handle @closed", [
      `header Retry-After ${RETRY_AFTER}`,
      "header Cache-Control no-store",
      // Meant for the app's own pages; the file server would answer with an empty or a cut one.
      "request_header -If-*",
      "request_header -Range",
      `rewrite * ${name}`,
      block("file_server", [`root ${folder}`, "status 503"]),
    ]),
  ];
}

/** Looks in the newest release's files, then in those of the release before: pages already open still find theirs. */
function staticFiles(at: string, folder: string): string {
  return block(`handle_path ${at}*`, [
    block("@there", [block("file", [`root ${folder}`, "try_files /*{path}"])]),
    block("handle @there", [
      // The 404 of a name that is not there must not be kept for a year, hence in here.
      `@hashed path_regexp ${HASHED}`,
      'header @hashed Cache-Control "public, max-age=31536000, immutable"',
      "rewrite {http.matchers.file.relative}",
      block("file_server", [`root ${folder}`, "precompressed br gzip"]),
    ]),
    block("handle", ["error 404"]),
  ]);
}

function proxy(folder: string, replicas: number): string[] {
  const slots = Array.from({ length: replicas }, (_, replica) => `{port${replica}}`);
  const pattern = `~^/?[0-9]+${"-([0-9]+)".repeat(replicas)}[.]ports$`;
  const groups = slots.map((_, replica) => `\${${replica + 1}}`).join(" ");
  return [
    block("@open", [block("file", [`root ${folder}`, "try_files /*.ports"])]),
    block("handle @open", [
      block(`map {http.matchers.file.relative} ${slots.join(" ")}`, [`${pattern} ${groups}`]),
      block(`reverse_proxy ${slots.map((slot) => `127.0.0.1:${slot}`).join(" ")}`, [
        // Carries requests over the moment in which Docker starts a crashed container again.
        "lb_try_duration 2s",
        "lb_try_interval 50ms",
        ...(replicas > 1 ? ["lb_policy least_conn", "fail_duration 2s"] : []),
        // Shorter than any app's own, so that no request meets a connection the app is closing; and after a switch the old
        // release is soon left alone.
        block("transport http", ["keepalive 1s"]),
      ]),
    ]),
    block("handle", ['respond "no release of this app is live" 503']),
  ];
}

function block(head: string, lines: readonly string[]): string {
  const inner = lines
    .flatMap((line) => line.split("\n"))
    .map((line) => `\t${line}`)
    .join("\n");
  return `${head}${head ? " " : ""}{\n${inner}\n}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
