/** What an app answers with under its path of a host name: the maintenance page, its files, its processes. */
import { basename, dirname } from "node:path";
import { portsFolder, staticFolder } from "../doors";
import { literally, mountHeaders } from "../mount";
import { appPaths, CADDYFILE } from "../paths";
import { type Processes, phasesOf } from "../processes";
import { block } from "./block";
import { mediaProxy } from "./media";
import type { Place } from "./sites";

/** Names that carry a hash of their content never change: eight or more hexadecimal digits set off by a dot or a hyphen. */
const HASHED = "[.-][0-9a-f]{8,64}\\.";

/**
 * Kinds of files that can't run anything in a browser. All others, unknown ones too, are shown in a sandbox: a page or a drawing that a
 * visitor has uploaded must not act with the rights of whoever opens it. PDF is left out since browsers show none in a sandbox.
 */
const PASSIVE =
  "(?i)[.](avif|bmp|gif|ico|jpe?g|png|webp|m4a|mp3|oga|opus|wav|flac|m4v|mov|mp4|ogg|ogv|webm|pdf|ttf|otf|woff2?)$";

/** No script, no form, no other files; a drawing keeps its colours. */
const SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/** Not of uploads: an app can have one there whose compression would take the processor for hours. */
const COMPRESSED = "encode zstd gzip";

/** Seconds after which a client in maintenance is told to ask again. */
const RETRY_AFTER = 120;

/** The lines inside a site, or inside the handle of one of its paths. */
export function answers({ record, route, mount }: Place): string[] {
  const { app, processes } = record.content;
  const process = processes[route.process];
  const replicas = process?.replicas ?? 1;
  return [
    ...maintenance(app),
    block("handle", [
      ...(route.strip ? stripped(mount.path) : []),
      ...(process?.static ? [staticFiles(`${mount.seen}${process.static.at}`, staticFolder(app, route.process))] : []),
      ...(process?.media ? [mediaFiles(`${mount.seen}${process.media.at}`, app, process.media.volume)] : []),
      ...proxy(portsFolder(app, route.process, replicas), replicas, patienceWith(record.content, route.process), [
        ...Object.entries(mountHeaders(mount)).map(([name, value]) => `header_up ${name} ${value}`),
        ...(route.cookiePath ? cookiesBelow(mount.base) : []),
      ]),
    ]),
  ];
}

/** An app that never sees its path can't tell it from the same with a slash, which is where its relative links must start from. */
function stripped(path: string): string[] {
  return [
    `@bare vars_regexp bare {uri} ^${literally(path)}([?].*)?$`,
    `redir @bare ${path}/{re.bare.1} 307`,
    `uri strip_prefix ${path}`,
  ];
}

/** Puts the path before the paths of cookies. Those that are below it already lose it first: there is no other way to leave them alone. */
function cookiesBelow(path: string): string[] {
  const literal = literally(path);
  const change = (from: string, to: string) => `header_down Set-Cookie "(?i)(;\\s*path=)${from}" "$1${to}"`;
  return [
    change(`${literal}/`, "/"),
    change(`${literal}(\\s*(;|$))`, "/$2"),
    change("/([^;\\s])", `${path}/$2`),
    change("/(\\s*(;|$))", `${path}$2`),
  ];
}

/**
 * Serves files of a folder. The edge would hide its own Caddyfile there, which has one name when it starts with that file and another when
 * it is handed over; said outright, both are the same configuration, and taking it over again closes nobody's connection.
 */
function fileServer(folder: string, options: readonly string[]): string {
  return block("file_server", [`root ${folder}`, ...options, `hide ${[CADDYFILE, "/Caddyfile"].join(" ")}`]);
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
      fileServer(folder, ["status 503"]),
    ]),
  ];
}

/** Looks in the newest release's files, then in those of the release before: pages already open still find theirs. */
function staticFiles(at: string, folder: string): string {
  return block(`handle_path ${at}*`, [
    COMPRESSED,
    block("@there", [block("file", [`root ${folder}`, "try_files /*{path}"])]),
    block("handle @there", [
      // The 404 of a name that is not there must not be kept for a year, hence in here.
      `@hashed path_regexp ${HASHED}`,
      'header @hashed Cache-Control "public, max-age=31536000, immutable"',
      "rewrite {http.matchers.file.relative}",
      fileServer(folder, ["precompressed br gzip"]),
    ]),
    block("handle", ["error 404"]),
  ]);
}

/** Uploads: whatever visitors have sent. Missing ones are no matter of the app's, which might take a name for a page of its own. */
function mediaFiles(at: string, app: string, volume: string): string {
  return block(`handle_path ${at}*`, [
    "header X-Content-Type-Options nosniff",
    `@active not path_regexp ${PASSIVE}`,
    `header @active Content-Security-Policy "${SANDBOX}"`,
    ...mediaProxy(app, volume),
  ]);
}

/** Seconds that a request waits for a process that doesn't answer its call: one that Docker starts again, or one that is replaced in place. */
function patienceWith(content: Processes, process: string): number {
  return phasesOf(content)[process] === "in place" ? 20 : 2;
}

function proxy(folder: string, replicas: number, patience: number, headers: readonly string[]): string[] {
  const slots = Array.from({ length: replicas }, (_, replica) => `{port${replica}}`);
  const pattern = `~^/?[0-9]+${"-([0-9]+)".repeat(replicas)}[.]ports$`;
  const groups = slots.map((_, replica) => `\${${replica + 1}}`).join(" ");
  return [
    block("@open", [block("file", [`root ${folder}`, "try_files /*.ports"])]),
    block("handle @open", [
      COMPRESSED,
      block(`map {http.matchers.file.relative} ${slots.join(" ")}`, [`${pattern} ${groups}`]),
      block(`reverse_proxy ${slots.map((slot) => `127.0.0.1:${slot}`).join(" ")}`, [
        `lb_try_duration ${patience}s`,
        "lb_try_interval 50ms",
        ...(replicas > 1 ? ["lb_policy least_conn", "fail_duration 2s"] : []),
        ...headers,
        // Shorter than any app's own, so that no request meets a connection the app is closing; and after a switch the old
        // release is soon left alone.
        block("transport http", ["keepalive 1s"]),
      ]),
    ]),
    block("handle", ['respond "no release of this app is live" 503']),
  ];
}
