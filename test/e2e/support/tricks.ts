/** Compose files that ask for the machine, in words that only the machine's own compose can make sense of, or that never pass a stack. */

/** A service's words, and the key that its refusal names. */
export interface Trick {
  readonly name: string;
  readonly key: string;
  readonly compose: Readonly<Record<string, unknown>>;
}

/** Variables of the app, as harmless as they look. */
export const VARIABLES = {
  ROOT: "/",
  YES: "true",
  HOST: "host",
  EMPTY: "",
  CAP: "SYS_ADMIN",
  BAD: "seccomp:unconfined",
};

const trick = (key: string, value: unknown, name = `${key} ${JSON.stringify(value)}`): Trick => ({
  name,
  key: key.split(".")[0] ?? key,
  compose: key.split(".").reduceRight<unknown>((inner, part) => ({ [part]: inner }), value) as Trick["compose"],
});

/** One of each way in; agent/allowed.test.ts has every key. An engine that goes by the keys' names alone deploys them, or hands them to compose. */
export const TRICKS: readonly Trick[] = [
  trick("volumes", ["${HOME:+/}:/host"]),
  trick("volumes", ["${NONE:-${ROOT}}:/host"]),
  trick("volumes", ["${EMPTY:-/var/run/docker.sock}:/s"]),
  trick("volumes", [{ type: "${NONE-bind}", source: "${ROOT:?}", target: "/host" }]),
  trick("volumes", ["${NONE:-~}/.ssh:/host"]),
  trick("volumes", ["notes_media:/host"]),
  trick("volumes_from", ["${NONE:-container:notes-r1-web-1}"]),
  trick("cap_add", ["${CAP}"]),
  trick("privileged", "${YES}"),
  trick("pid", "${HOST}"),
  trick("network_mode", "${HOST}"),
  trick("security_opt", ["${BAD}"]),
  trick("devices", ["${NONE:-/dev/null}"]),
  trick("deploy.resources.reservations.devices", [{ capabilities: ["gpu"], count: 1 }]),
  trick("logging", { driver: "${NONE:-syslog}" }),
  trick("tmpfs", ["/x:${NONE:-bind}"]),
  trick("labels", { "slipway.app": "notes" }),
  trick("env_file", ["/etc/shadow"]),
  trick("a_key_of_tomorrow", true),
];

/** What only takes away or weighs on the container alone; it must go on to be deployed. */
export const HARMLESS = {
  cap_drop: ["ALL"],
  cap_add: ["${NONE:-NET_BIND_SERVICE}", "CHOWN"],
  read_only: true,
  security_opt: ["no-new-privileges:${YES}"],
  ulimits: { nofile: { soft: 1024, hard: 2048 } },
  sysctls: { "net.core.somaxconn": 1024 },
  logging: { driver: "json-file", options: { "max-size": "1m" } },
  tmpfs: ["/tmp:size=8m"],
  init: true,
  privileged: false,
  mem_limit: "64m",
  group_add: ["1000"],
  volumes: ["${NONE:-data}:/data", "/anonymous"],
  "x-of-another-tool": { privileged: true },
};
