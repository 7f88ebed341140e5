/**
 * Who serves uploads: for each app a server of its own, to which the edge leads requests for them. What an app has in a volume can hold whoever
 * opens it: a named pipe for ever, a file on which it has a lease for a minute, one of a terabyte for as long as somebody reads. The edge
 * opens none of them, and the server that does is held up for that app alone, within limits of its own, and started again when it has ended.
 */
import { MEDIA } from "../paths";
import { block } from "./block";

/** Folder of the servers' sockets. */
const RUNTIME = "slipway-media";

/** Where an app's server listens. */
export const mediaSocket = (app: string) => `/run/${RUNTIME}/${app}/http.sock`;
/** Unit of an app's server. */
export const mediaUnit = (app: string) => `slipway-media@${app}.service`;
/** Unit that all of them are instances of. */
export const MEDIA_TEMPLATE = "slipway-media@.service";
/** Their configuration, the same for all: it takes the app from the environment. */
export const MEDIA_CADDYFILE = "/etc/slipway/media.caddyfile";

/** Processes and threads of one server: each pipe that is asked for holds one. At the limit it ends and is started again. */
const TASKS = 64;

/**
 * Text of `MEDIA_CADDYFILE`: files of the app's volumes by volume and name; no list of a folder, no page of one, nothing hidden. None is
 * compressed: a file of a terabyte of zeros is made in a moment, and would take a processor for hours.
 */
export function mediaCaddyfile(): string {
  const app = "{$SLIPWAY_APP}";
  return `${[
    "# Written by «slipway setup».",
    block("", ["admin off", "auto_https off"]),
    block("http://", [
      `bind unix/${mediaSocket(app)}`,
      block("file_server", [
        `root ${MEDIA}/${app}`,
        "hide .*",
        // Hidden, so that a folder never answers as the page that somebody has uploaded to it.
        "index .none",
        "disable_canonical_uris",
      ]),
    ]),
  ].join("\n")}\n`;
}

/**
 * Threads of the user caddy at which a server may begin no more: where nothing counts a unit's own (a machine without that part of cgroups),
 * enough are left of the 512 with which Debian's edge begins.
 */
const USER_TASKS = 400;

/** Text of `MEDIA_TEMPLATE`. It sees the volumes and speaks to the edge, and has nothing else of the machine. */
export function mediaUnitText(): string {
  return `# Written by «slipway setup».
[Unit]
Description=Slipway: uploads of %i, for the edge
Before=caddy.service
StartLimitIntervalSec=0

[Service]
Type=notify
ExecStart=/usr/bin/caddy run --config ${MEDIA_CADDYFILE} --adapter caddyfile
Environment=SLIPWAY_APP=%i XDG_DATA_HOME=/run/${RUNTIME}/%i XDG_CONFIG_HOME=/run/${RUNTIME}/%i
User=caddy
Group=caddy
RuntimeDirectory=${RUNTIME}/%i
RuntimeDirectoryMode=0700
Restart=always
RestartSec=1
# One that waits for a pipe heeds no other signal.
TimeoutStopSec=2
TasksMax=${TASKS}
LimitNPROC=${USER_TASKS}
MemoryMax=256M
CPUWeight=20
IOWeight=20
NoNewPrivileges=yes
PrivateDevices=yes
PrivateNetwork=yes
PrivateTmp=yes
ProtectHome=yes
ProtectSystem=strict
RestrictAddressFamilies=AF_UNIX
InaccessiblePaths=-/etc/caddy -/var/lib/caddy -/var/log/caddy -/var/lib/slipway/apps

[Install]
WantedBy=multi-user.target
`;
}

/** Leads a request, whose path is one of the volume's now, to the app's server: within seconds, or not at all. */
export function mediaProxy(app: string, volume: string): string[] {
  return [
    `rewrite * /${volume}{path}`,
    block(`reverse_proxy unix/${mediaSocket(app)}`, [
      // Carries requests over the moment in which it is started again.
      "lb_try_duration 3s",
      "lb_try_interval 50ms",
      "header_down -Server",
      block("transport http", [
        "dial_timeout 2s",
        "response_header_timeout 10s",
        "read_timeout 30s",
        "compression off",
        "keepalive 1s",
      ]),
    ]),
  ];
}
