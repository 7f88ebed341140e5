/** What the values of a compose file's keys ask for, as they are written and as compose renders them. Plain functions for the table of keys. */
import { isIP } from "node:net";
import { mapOf } from "./dependencies";
import { secondsOf } from "./duration";

/** Something that a value asks for and that a container doesn't have by itself. */
export interface Ask {
  /** The part of the value that a grant can name, spelt as compose renders it; the key as a whole where left out. */
  readonly value?: string;
  /** What it would give, or what is wrong with it. */
  readonly what: string;
  /** Where it stands in a list whose entries are told one by one. */
  readonly at?: number;
  /** Whether a grant helps. */
  readonly grantable: boolean;
  readonly mend?: string;
}

/** What else is known of the app where its keys are judged. */
export interface Known {
  /** Named volumes of the app. */
  readonly volumes: readonly string[];
  /** Labels that the engine itself sets. */
  readonly labels: readonly string[];
  /** Mounts that the engine itself makes, as `SOURCE:TARGET:ro`. */
  readonly binds: readonly string[];
  /** Whether the edge is led to the service. */
  readonly port: boolean;
}

type Rule = (value: unknown, known: Known) => readonly Ask[];

/** Capabilities that Docker gives every container (moby, `oci/caps/defaults.go`). */
export const CAPABILITIES: readonly string[] = [
  "AUDIT_WRITE",
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "FSETID",
  "KILL",
  "MKNOD",
  "NET_BIND_SERVICE",
  "NET_RAW",
  "SETFCAP",
  "SETGID",
  "SETPCAP",
  "SETUID",
  "SYS_CHROOT",
];

/** Limits that weigh on the process alone: the others let it be scheduled before everyone else. */
export const LIMITS: readonly string[] = [
  "as",
  "core",
  "cpu",
  "data",
  "fsize",
  "locks",
  "memlock",
  "msgqueue",
  "nofile",
  "nproc",
  "rss",
  "sigpending",
  "stack",
];

/** Parameters of the kernel that each container has for itself and that lead nobody's traffic. */
const OWN_SYSCTLS =
  /^(net\.core\.somaxconn|net\.ipv4\.(tcp_\w+|ip_unprivileged_port_start|ip_local_port_range|ping_group_range)|net\.ipv6\.conf\.(all|default|lo)\.disable_ipv6|net\.unix\.max_dgram_qlen|kernel\.(shm\w+|msg\w+|sem)|fs\.mqueue\.\w+)$/;

/** Drivers that keep logs on the machine, each with a limit of its own, and their options. */
const LOG_DRIVERS: readonly unknown[] = ["local", "json-file", "none"];
const LOG_OPTIONS = /^(max-size|max-file|compress|mode|max-buffer-size|tag|labels|labels-regex|env|env-regex)$/;
/** What options of a log may be at the most: the files are the disk's that all share, and the buffer is the engine's own memory. */
const LOG_LIMITS: Readonly<Record<string, number>> = { "max-size": 100e6, "max-file": 10, "max-buffer-size": 16e6 };

const TMPFS_OPTION =
  /^(rw|ro|(no)?(exec|suid|dev|atime|diratime)|relatime|strictatime|a?sync|(size|nr_blocks|nr_inodes)=\d+[kmg%]?b?|mode=[0-7]{1,4}|[ug]id=\d+)$/i;

const VOLUME_MODE = /^(rw|ro|z|Z|nocopy|cached|delegated|consistent)$/;

const gives = (value: unknown, what: string): Ask => ({
  ...(typeof value === "string" || typeof value === "number" ? { value: String(value) } : {}),
  what: `would give it ${what}`,
  grantable: true,
});
const wrong = (value: unknown, what: string, mend?: string): Ask => ({
  value: textOf(value),
  what,
  grantable: false,
  ...(mend !== undefined && { mend }),
});

/** Nothing is free: whatever stands there needs a grant. */
export function any(what: string): Rule {
  return (value) => listOf(value).map((one) => gives(one, what));
}

/** Nothing is free, and as compose spells values of this key otherwise than people, only the key as a whole can be granted. */
export function whole(what: string): Rule {
  return () => [gives(undefined, what)];
}

/** One of these is free, in whatever case. */
export function oneOf(free: readonly string[], what: string): Rule {
  return (value) => (free.includes(textOf(value).toLowerCase()) ? [] : [gives(value, what)]);
}

/** No is free. */
export function no(what: string): Rule {
  return (value) => (/^(false|no|off|n|f|0|)$/i.test(textOf(value)) ? [] : [gives(undefined, what)]);
}

/** Zero and more are free. */
export function fromZero(what: string): Rule {
  return (value) => (Number(textOf(value)) >= 0 ? [] : [gives(value, what)]);
}

/** `cap_add`. */
export const capabilities: Rule = (value) =>
  listOf(value)
    .filter((one) => !CAPABILITIES.includes(textOf(one).toUpperCase().replace(/^CAP_/, "")))
    .map((one) => gives(one, "a power of the machine's root"));

/** Processes and threads that a container may ask for: a number beyond what a machine can hold is no limit. */
const PROCESSES = 4096;
/** `pids_limit`: none at all is what takes the whole machine. */
export const limitOfProcesses: Rule = (value) => {
  const number = Number(textOf(value));
  return number >= 1 && number <= PROCESSES ? [] : [gives(value, "as many processes as the machine can hold")];
};

/** `cpu_shares`: every other container has 1024, and so have the edge and the databases. */
export const cpuShares: Rule = (value) =>
  Number(textOf(value)) <= 1024 ? [] : [gives(value, "time of the processor before others")];

/** Seconds that a process may ask for between SIGTERM and SIGKILL: no release and no way back goes on before they are over. */
const GRACE = 15 * 60;
/** `stop_grace_period`. What is no duration is compose's to refuse. */
export const gracePeriod: Rule = (value) =>
  (secondsOf(value) ?? 0) <= GRACE ? [] : [gives(value, "time in which nobody can release or go back")];

/** `devices`, each as `SOURCE:TARGET[:PERMISSIONS]`. */
export const devices: Rule = (value) =>
  listOf(value).map((one) => {
    const [path, to, mode] = typeof one === "string" ? one.split(":") : [];
    const { source = path, target = to ?? path, permissions = mode ?? "rwm" } = mapOf(one);
    return gives([source, target, ...(permissions === "rwm" ? [] : [permissions])].join(":"), "devices of the machine");
  });

/** `dns`: a loopback address is the machine's own where Docker asks in the container's stead. */
export const nameServers: Rule = (value) =>
  listOf(value)
    .filter((one) => isIP(textOf(one)) === 0 || /^(127\.|0\.|::1$|::$|::ffff:(127|0)\.|fe80:)/i.test(textOf(one)))
    .map((one) => gives(one, "a name server of the machine's own"));

/** `group_add`: below 1000 are the groups that a system gives its files, disks and sockets. */
export const groups: Rule = (value) =>
  listOf(value)
    .filter((one) => !(/^\d+$/.test(textOf(one)) && Number(textOf(one)) >= 1000))
    .map((one) => gives(one, "a group of the system's"));

/** `labels`: by these the engine and compose know what is theirs. */
export const labels: Rule = (value, { labels: own }) =>
  Object.keys(mapOf(value))
    .filter((name) => /^(slipway|com\.docker)\./i.test(name.trim()) && !own.includes(name))
    .map((name) => wrong(name, "is a label of the engine's own", "leave it out, or call it otherwise"));

/** `logging`. */
export const logging: Rule = (value) => {
  const { driver, options } = mapOf(value);
  if (!LOG_DRIVERS.includes(driver ?? "local")) return [gives(driver, "a log that is kept elsewhere")];
  return Object.entries(mapOf(options)).flatMap(([name, option]) => {
    if (!LOG_OPTIONS.test(name)) return [gives(name, "another place for its log")];
    const limit = Object.hasOwn(LOG_LIMITS, name) ? LOG_LIMITS[name] : undefined;
    const fits = limit === undefined || (amountOf(option) ?? Number.POSITIVE_INFINITY) <= limit;
    return fits ? [] : [gives(name, "more of the machine for its log than others have")];
  });
};

/** A number, or one of bytes as Docker takes it, e.g. `10m` (github.com/docker/go-units, `FromHumanSize`). */
function amountOf(value: unknown): number | undefined {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?) ?([kmgtp]?)i?b?$/i.exec(textOf(value).trim()) ?? [];
  return number === undefined ? undefined : Number(number) * 1000 ** " kmgtp".indexOf(unit.toLowerCase() || " ");
}

/** `network_mode`. The edge speaks to a process by the app's own network. */
export const networkMode: Rule = (value, { port }) =>
  port
    ? [wrong(value, "leaves the app's network, and the edge could not reach the service", "leave it out")]
    : [gives(value, "another network than the app's")];

/** `security_opt`: what takes away is free. */
export const securityOptions: Rule = (value) =>
  listOf(value)
    .filter(
      (one) =>
        !/^(no-new-privileges([:=]true)?|apparmor[:=]docker-default|seccomp[:=]builtin)$/.test(textOf(one).trim()),
    )
    .map((one) => gives(one, "less of the walls around a container"));

/** `storage_opt`. */
export const storageOptions: Rule = (value) =>
  Object.keys(mapOf(value))
    .filter((name) => name !== "size")
    .map((name) => gives(name, "options of the machine's storage"));

/** `sysctls`. */
export const sysctls: Rule = (value) =>
  Object.keys(mapOf(value))
    .filter((name) => !OWN_SYSCTLS.test(name))
    .map((name) => gives(name, "a parameter of the kernel that is not a container's own"));

/** `tmpfs`: its options are those of a mount. */
export const tmpfs: Rule = (value) =>
  listOf(value)
    .filter((one) => {
      const [, options] = textOf(one).split(/:(.*)/s);
      return options !== undefined && !options.split(",").every((option) => TMPFS_OPTION.test(option));
    })
    .map((one) => wrong(one, "has an option that a tmpfs has not"));

/** `ulimits`. */
export const ulimits: Rule = (value) =>
  Object.keys(mapOf(value))
    .filter((name) => !LIMITS.includes(name))
    .map((name) => gives(name, "time of the processor before others"));

/** `volumes`: named ones of the app's, nameless ones and tmpfs are free. */
export const mounts: Rule = (value, known) =>
  (Array.isArray(value) ? value : [value]).flatMap((one, at) => {
    if (one === undefined) return [];
    const ask = mount(typeof one === "string" ? mountOf(one) : mapOf(one), one, known);
    return ask ? [{ ...ask, at }] : [];
  });

type Mount = Readonly<Record<string, unknown>>;

/** The short spelling `[SOURCE:]TARGET[:MODE]` in the long one's words. Compose takes a source for a path by its first sign. */
function mountOf(text: string): Mount {
  const [first = "", target, ...modes] = text.split(":");
  if (target === undefined) return { type: "volume", target: first };
  const isPath = /^[./~\\]/.test(first) || /^[A-Za-z]$/.test(first);
  const mode = modes.join(":");
  return {
    type: isPath ? "bind" : "volume",
    source: first,
    target,
    mode: mode === "" ? [] : mode.split(","),
    read_only: mode.split(",").includes("ro"),
  };
}

function mount(one: Mount, written: unknown, known: Known): Ask | undefined {
  const { type, source, target, read_only, volume, mode } = one;
  const from = textOf(source ?? "");
  const text = `${from}:${textOf(target)}${/^(true|1|yes|on)$/i.test(textOf(read_only ?? "")) ? ":ro" : ""}`;
  if (type === "tmpfs") return undefined;
  if (type === "volume") {
    if (Array.isArray(mode) && !mode.every((option) => VOLUME_MODE.test(option)))
      return wrong(written, "has an option that a volume has not");
    if (/(^[/\\])|(^|[/\\])\.\.([/\\]|$)/.test(textOf(mapOf(volume).subpath ?? "")))
      return wrong(written, "leads out of the volume");
    if (from === "" || known.volumes.includes(from)) return undefined;
    return wrong(
      written,
      `mounts ${from}, which is no volume of the app`,
      `add at the top level: volumes: { ${from}: {} }`,
    );
  }
  if (type === "bind" && known.binds.includes(text)) return undefined;
  if (type === "bind" && /^[.~]/.test(from))
    return wrong(
      written,
      "mounts a folder of the checkout, which is not on the host",
      "put the files into the image, or name a volume and list it under volumes at the top level",
    );
  return {
    value: text,
    what: `mounts ${type === "bind" ? "a path of the machine" : `a thing of type ${textOf(type)}`}`,
    grantable: true,
  };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value.filter((one) => one !== undefined) : [value];
}

function textOf(value: unknown): string {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}
