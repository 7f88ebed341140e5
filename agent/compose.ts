/** The compose project of one release, rendered from the manifest. Compose reads JSON as it reads YAML. */
import { authorityPath } from "./authorities";
import { isKept } from "./compose-keys";
import { dependenciesOf, isAwaited, mapOf } from "./dependencies";
import { type Manifest, type Process, releaseCommandOf } from "./manifest";
import { scriptNameOf } from "./mount";
import { isLasting, neededBy, phasesOf } from "./processes";

/** Service of the release command. No process can have this name, since names hold no underscore. */
export const RELEASE_COMMAND = "release_command";

/** Label of every container: the app. */
export const APP_LABEL = "slipway.app";
/** Label of every container: the release's number. */
export const RELEASE_LABEL = "slipway.release";
/** Label of every container: the process, or `release_command`. */
export const PROCESS_LABEL = "slipway.process";
/** Label of every container: which of the process's replicas, from 0. */
export const REPLICA_LABEL = "slipway.replica";

/** Labels that every container has from the engine. */
export const LABELS: readonly string[] = [APP_LABEL, RELEASE_LABEL, PROCESS_LABEL, REPLICA_LABEL];

/** Every container writes to a log that rotates, unless its compose file says otherwise: 5 files of 10 MB. */
const LOGGING = { driver: "local", options: { "max-size": "10m", "max-file": "5" } };

/** Processes and threads of one container, unless its compose file says otherwise: a fork bomb ends where it began. */
const PIDS_LIMIT = 1024;

/** Keys of a service that the engine writes anew from what the compose file says; of `deploy` the limits stay. */
const REWRITTEN = ["deploy", "depends_on"];

/** Network of the project that leads to the app's database, where there is one. */
const DATABASE_NETWORK = "database";

/** What one release's project is made of. */
export interface ProjectOrder {
  readonly manifest: Manifest;
  readonly release: number;
  /** Ports of the loopback address by process, one for each replica; a process without a port has none. */
  readonly ports: Readonly<Record<string, readonly number[]>>;
  /** Processes that go on from an earlier release, with its number; none where left out. */
  readonly kept?: Readonly<Record<string, number>>;
}

/** Name of a release's compose project. */
export const projectName = (app: string, release: number) => `${app}-r${release}`;
/** Name of the network that all releases of an app share. */
export const networkName = (app: string) => `slipway-${app}`;
/** Name of a volume of an app on the host. */
export const volumeName = (app: string, volume: string) => `${app}_${volume}`;

/** The project as compose reads it. The environment is not in it: services name the env file beside it. */
export function composeProject({ manifest, release, ports, kept = {} }: ProjectOrder): Record<string, unknown> {
  const services: Record<string, unknown> = {};
  const order = { manifest, release, kept };
  for (const [name, process] of Object.entries(manifest.processes)) {
    for (let replica = 0; replica < process.replicas; replica++) {
      services[replicaName(name, replica)] = service(order, name, replica, ports[name]?.[replica]);
    }
  }
  const command = releaseCommandOf(manifest);
  if (command) services[RELEASE_COMMAND] = releaseCommand(order, command);
  return {
    name: projectName(manifest.app, release),
    services,
    networks: {
      default: { external: true, name: networkName(manifest.app) },
      ...(manifest.database?.network !== undefined && {
        [DATABASE_NETWORK]: { external: true, name: manifest.database.network },
      }),
    },
    volumes: Object.fromEntries(
      manifest.volumes.map((volume) => [volume, { external: true, name: volumeName(manifest.app, volume) }]),
    ),
  };
}

/** The process that each service of the project is made of. */
export function servicesOf(manifest: Pick<Manifest, "processes" | "release" | "origin">): ReadonlyMap<string, string> {
  const command = releaseCommandOf(manifest);
  return new Map([
    ...Object.entries(manifest.processes).flatMap(([name, { replicas }]) =>
      Array.from({ length: replicas }, (_, replica) => [replicaName(name, replica), name] as const),
    ),
    ...(command ? [[RELEASE_COMMAND, command.process] as const] : []),
  ]);
}

/** Name of the compose service of one replica; the first has the process's own. */
export function replicaName(process: string, replica: number): string {
  return replica === 0 ? process : `${process}_${replica + 1}`;
}

/** A process's service less what differs from release to release: where two are equal, so are their containers. */
export function renderedService(manifest: Manifest, name: string): unknown {
  return service({ manifest, release: 0, kept: {} }, name, 0, 0);
}

type ServiceOrder = Required<Omit<ProjectOrder, "ports">>;

function service(order: ServiceOrder, name: string, replica: number, port: number | undefined) {
  const { manifest, release, kept } = order;
  const process = processOf(manifest, name);
  if (process.schedule !== undefined) return idle(manifest, release, name, "schedule");
  if (name in kept) return idle(manifest, release, name, "kept");
  const dependencies = dependenciesOf(process, manifest);
  // Compose knows nothing of those that go on; whoever waits for them, the engine does.
  const awaited = Object.entries(dependencies).filter(([other]) => !(other in kept));
  return {
    restart: isAwaited(name, manifest) ? "no" : "unless-stopped",
    logging: LOGGING,
    ...common(manifest, release, name, replica),
    ...networksOf(manifest, name, { aliases: [name, ownAlias(name, release)] }),
    ...(awaited.length > 0 && { depends_on: Object.fromEntries(awaited) }),
    ...(process.compose.network_mode === undefined && ownLinks(Object.keys(dependencies), order)),
    ...(process.port !== undefined && port !== undefined && { ports: [`127.0.0.1:${port}:${process.port}`] }),
  };
}

/** A name that only this release's replicas of a process have on the network that all releases share. */
const ownAlias = (process: string, release: number) => `${process}.r${release}`;

/**
 * While two releases run side by side, the name of a process stands for both. What a process waits for is its own release's: a proxy must not be
 * found healthy, or answer, by way of the old release behind it. What goes on from an earlier release is known by that one's number.
 */
function ownLinks(needed: readonly string[], { manifest, release, kept }: ServiceOrder) {
  const lasting = needed.filter((name) => isLasting(name, manifest));
  if (lasting.length === 0) return {};
  return { external_links: lasting.map((name) => `${ownAlias(name, kept[name] ?? release)}:${name}`) };
}

/** What the release command needs and finds started; a name that isn't linked leads to what the old release has of it. */
function startedBefore(process: string, { manifest, kept }: ServiceOrder): readonly string[] {
  const phases = phasesOf(manifest);
  return neededBy(process, manifest).filter((name) => name in kept || phases[name] === "early");
}

/** The profile keeps `compose create` from making it a container; `compose run` starts it, for its timer or for a person. */
function idle(manifest: Manifest, release: number, name: string, profile: string) {
  return {
    logging: LOGGING,
    ...common(manifest, release, name, 0),
    profiles: [profile],
    restart: "no",
    ...networksOf(manifest, name),
  };
}

function releaseCommand(order: ServiceOrder, { process, command }: NonNullable<Manifest["release"]>) {
  const { manifest, release } = order;
  const { healthcheck: _healthcheck, depends_on: _dependsOn, ...rest } = common(manifest, release, process, 0);
  return {
    logging: LOGGING,
    ...rest,
    restart: "no",
    // Compose would interpolate the command once more; it comes from outside compose's own words.
    command: command.map((word) => word.replaceAll("$", "$$$$")),
    environment: { ...mapOf(rest.environment), ...lockTimeout(manifest, process) },
    labels: { ...rest.labels, [PROCESS_LABEL]: RELEASE_COMMAND },
    ...networksOf(manifest, process),
    ...(processOf(manifest, process).compose.network_mode === undefined &&
      ownLinks(startedBefore(process, order), order)),
  };
}

/**
 * Has Postgres give up on a lock that others hold for too long, so that a migration never stands in front of a table with all requests
 * queued behind it. Added to the app's own PGOPTIONS, whose values in the environment compose must not interpolate.
 */
function lockTimeout(manifest: Manifest, process: string): Record<string, string> {
  if (!manifest.database || manifest.limits.lock === 0) return {};
  const given = manifest.environment.PGOPTIONS?.replaceAll("$", "$$$$");
  const own = given ?? mapOf(processOf(manifest, process).compose.environment).PGOPTIONS;
  const limit = `-c lock_timeout=${Math.round(manifest.limits.lock * 1000)}`;
  return { PGOPTIONS: own ? `${own} ${limit}` : limit };
}

/** Who was granted another network than the app's has that one alone: compose takes no two. */
function networksOf(manifest: Manifest, process: string, own: Readonly<Record<string, unknown>> = {}) {
  if (processOf(manifest, process).compose.network_mode !== undefined) return {};
  const database = manifest.database?.network !== undefined && { [DATABASE_NETWORK]: {} };
  return { networks: { default: own, ...database } };
}

/** The keys that every container of a process has, the release command's included. */
interface Common {
  readonly labels: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

/** Of `deploy` the resources; compose takes a limit of processes beside its limits for a contradiction, so there it is one of them. */
function limitsOf(deploy: unknown, pids: unknown): Record<string, unknown> {
  const { resources } = mapOf(deploy);
  if (resources === undefined) return { pids_limit: pids };
  const { limits, ...rest } = mapOf(resources);
  if (limits === undefined) return { deploy: { resources }, pids_limit: pids };
  return { deploy: { resources: { ...rest, limits: { pids, ...mapOf(limits) } } } };
}

function common(manifest: Manifest, release: number, name: string, replica: number): Common {
  const process = processOf(manifest, name);
  const kept: Record<string, unknown> = Object.fromEntries(
    Object.entries(process.compose).filter(([key]) => isKept(key) && !REWRITTEN.includes(key)),
  );
  const { pids_limit: pids = PIDS_LIMIT, ...others } = kept;
  const authorities = (manifest.authorities ?? []).map(authorityPath);
  return {
    ...others,
    ...limitsOf(process.compose.deploy, pids),
    ...(authorities.length > 0 && {
      volumes: [...(Array.isArray(kept.volumes) ? kept.volumes : []), ...authorities.map(authorityMount)],
    }),
    image: process.image,
    env_file: ["./env"],
    environment: environmentOf(name, process, manifest),
    extra_hosts: { ...hostsOf(kept.extra_hosts), "host.docker.internal": "host-gateway" },
    labels: {
      ...mapOf(kept.labels),
      [APP_LABEL]: manifest.app,
      [RELEASE_LABEL]: String(release),
      [PROCESS_LABEL]: name,
      [REPLICA_LABEL]: String(replica),
    },
  };
}

/** How a certificate's file is mounted. */
export function authorityMount(path: string): string {
  return `${path}:${path}:ro`;
}

/** What the compose file sets, less what the stack sets: compose would let the file win, and the stack knows better. */
function environmentOf(name: string, process: Process, manifest: Manifest): Record<string, unknown> {
  const scriptName = scriptNameOf(name, manifest);
  const own = {
    ...(process.port !== undefined && { PORT: String(process.port) }),
    ...(scriptName !== undefined && { SCRIPT_NAME: scriptName }),
  };
  const all = { ...own, ...mapOf(process.compose.environment) };
  return Object.fromEntries(
    Object.entries(all).filter(([name, value]) => value !== null && !(name in manifest.environment)),
  );
}

function processOf(manifest: Manifest, name: string): Process {
  const process = manifest.processes[name];
  if (!process) throw new Error(`no process ${name}`);
  return process;
}

/** `extra_hosts` as a list may have `NAME:address` as well. */
function hostsOf(value: unknown): Record<string, unknown> {
  if (!Array.isArray(value)) return mapOf(value);
  return mapOf(value.map((entry) => String(entry).replace(/^([^:=]+):/, "$1=")));
}
