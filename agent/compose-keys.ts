/**
 * What a compose file may say: every key that compose knows stands here once, with what becomes of it. The program goes by this table when it
 * reads the file, and the host when compose has filled in its variables, so that neither lets through what the other would refuse.
 */

import type { Ask, Known } from "./compose-values";
import * as values from "./compose-values";

/** Keys of a mapping, each with what becomes of it. */
export interface Keys {
  readonly [key: string]: Row;
}

/** What becomes of a key. */
export type Row =
  /** It goes to the container. */
  | {
      readonly is: "kept";
      /** The keys below it, where those are compose's own. */
      readonly keys?: Keys;
      /** Which of its values it may not hold by itself; all are free where left out. */
      readonly asks?: (value: unknown, known: Known) => readonly Ask[];
      /** What it may hold by itself, for messages. */
      readonly free?: string;
      /** Whether no grant lets anything else through. */
      readonly firm?: boolean;
    }
  /** It means something where the file is run by hand; on a host the engine settles the matter. */
  | { readonly is: "elsewhere" }
  /** It is refused whatever it holds. */
  | { readonly is: "refused"; readonly mend: string };

const kept: Row = { is: "kept" };
const elsewhere: Row = { is: "elsewhere" };
const of = (keys: Keys): Row => ({ is: "kept", keys });
const refused = (mend: string): Row => ({ is: "refused", mend });
const only = (asks: (value: unknown, known: Known) => readonly Ask[], free?: string, keys?: Keys): Row => ({
  is: "kept",
  asks,
  ...(free !== undefined && { free }),
  ...(keys && { keys }),
});
const firm = (asks: (value: unknown, known: Known) => readonly Ask[], free: string): Row => ({
  is: "kept",
  asks,
  free,
  firm: true,
});
const never = (gives: string): Row => only(values.any(gives));

const LEAVE_OUT = "leave it out";
const STACKS_REPLICAS = "put the number under replicas of the app in the stack's file";
const IN_IMAGE = "do it at the start of the image's own program, or in x-slipway.release";

/** How `deploy.rollback_config` and `deploy.update_config` are made. */
const UPDATE: Keys = {
  parallelism: refused(LEAVE_OUT),
  delay: refused(LEAVE_OUT),
  failure_action: refused(LEAVE_OUT),
  monitor: refused(LEAVE_OUT),
  max_failure_ratio: refused(LEAVE_OUT),
  order: kept,
};

const DEPLOY: Keys = {
  mode: refused(LEAVE_OUT),
  endpoint_mode: refused(LEAVE_OUT),
  replicas: refused(STACKS_REPLICAS),
  labels: refused("write labels: beside deploy"),
  rollback_config: refused(LEAVE_OUT),
  update_config: of(UPDATE),
  restart_policy: refused("write restart: beside deploy"),
  placement: refused(LEAVE_OUT),
  resources: of({
    limits: of({ cpus: kept, memory: kept, pids: only(values.limitOfProcesses, "1 to 4096") }),
    reservations: of({
      cpus: kept,
      memory: kept,
      generic_resources: refused(LEAVE_OUT),
      devices: only(values.whole("devices of the machine")),
    }),
  }),
};

const HEALTHCHECK: Keys = {
  disable: kept,
  interval: kept,
  retries: kept,
  test: kept,
  timeout: kept,
  start_period: kept,
  start_interval: kept,
};

const MOUNT: Keys = {
  type: kept,
  source: kept,
  target: kept,
  read_only: kept,
  consistency: kept,
  bind: of({ propagation: kept, create_host_path: kept, recursive: kept, selinux: kept }),
  volume: of({ labels: elsewhere, nocopy: kept, subpath: kept }),
  tmpfs: of({ size: kept, mode: kept }),
  image: of({ subpath: kept }),
};

/** What a service may say. */
export const SERVICE: Keys = {
  annotations: only(values.whole("words to the container runtime")),
  attach: elsewhere,
  blkio_config: only(values.whole("a share of the disk that other apps are not asked for")),
  build: elsewhere,
  cap_add: only(values.capabilities, values.CAPABILITIES.join(", ")),
  cap_drop: kept,
  cgroup: only(values.oneOf(["private"], "the machine's control groups"), "private"),
  cgroup_parent: never("another control group's limits"),
  command: kept,
  configs: refused("put the file into the image"),
  container_name: elsewhere,
  cpu_count: kept,
  cpu_percent: kept,
  cpu_period: kept,
  cpu_quota: kept,
  cpu_rt_period: only(values.whole("time of the processor that nobody else gets")),
  cpu_rt_runtime: only(values.whole("time of the processor that nobody else gets")),
  cpu_shares: only(values.cpuShares, "up to 1024"),
  cpus: kept,
  cpuset: kept,
  credential_spec: refused(LEAVE_OUT),
  depends_on: kept,
  deploy: of(DEPLOY),
  develop: elsewhere,
  device_cgroup_rules: never("devices of the machine"),
  devices: only(values.devices),
  dns: only(values.nameServers, "addresses of name servers outside the machine"),
  dns_opt: kept,
  dns_search: kept,
  domainname: kept,
  entrypoint: kept,
  env_file: refused(
    "put plain values under env of the app in the stack's file, and secrets under its secrets; [{ path: .env, required: false }] is taken for the laptop's own",
  ),
  environment: kept,
  expose: elsewhere,
  extends: refused("write the service out in full"),
  external_links: elsewhere,
  extra_hosts: kept,
  gpus: only(values.whole("devices of the machine")),
  group_add: only(values.groups, "numbers from 1000"),
  healthcheck: of(HEALTHCHECK),
  hostname: kept,
  image: elsewhere,
  init: kept,
  ipc: only(values.oneOf(["private", "shareable", "none"], "others' shared memory"), "private, shareable, none"),
  isolation: only(values.oneOf(["default"], "another kind of container"), "default"),
  label_file: refused("write labels: into the compose file"),
  labels: firm(values.labels, "names that begin neither with slipway. nor with com.docker."),
  links: elsewhere,
  logging: only(
    values.logging,
    "driver local, json-file or none, and their own options: max-size up to 100m, max-file up to 10, max-buffer-size up to 16m",
    {
      driver: kept,
      options: kept,
    },
  ),
  mac_address: never("an address that another container may have"),
  mem_limit: kept,
  mem_reservation: kept,
  mem_swappiness: kept,
  memswap_limit: kept,
  models: refused(LEAVE_OUT),
  network_mode: only(values.networkMode),
  networks: elsewhere,
  oom_kill_disable: only(values.no("the machine's last memory"), "false"),
  oom_score_adj: only(values.fromZero("the memory of others, who are killed before it"), "0 to 1000"),
  pid: never("the processes of the machine or of another container"),
  pids_limit: only(values.limitOfProcesses, "1 to 4096"),
  platform: kept,
  ports: elsewhere,
  post_start: refused(IN_IMAGE),
  pre_start: refused(IN_IMAGE),
  pre_stop: refused("have the program do it on SIGTERM"),
  privileged: only(values.no("the whole machine"), "false"),
  profiles: elsewhere,
  provider: refused(LEAVE_OUT),
  pull_policy: elsewhere,
  pull_refresh_after: elsewhere,
  read_only: kept,
  restart: kept,
  runtime: only(values.oneOf(["runc"], "another container runtime"), "runc"),
  scale: refused(STACKS_REPLICAS),
  secrets: refused("put the names under secrets of the app in the stack's file"),
  security_opt: only(values.securityOptions, "no-new-privileges:true"),
  shm_size: kept,
  stdin_open: kept,
  stop_grace_period: only(values.gracePeriod, "up to 15m"),
  stop_signal: kept,
  storage_opt: only(values.storageOptions, "size"),
  sysctls: only(values.sysctls, "net.core.somaxconn, net.ipv4.tcp_…, kernel.shm… and others of the container's own"),
  tmpfs: firm(values.tmpfs, "paths, with size, mode, uid, gid, exec and the like"),
  tty: kept,
  ulimits: only(values.ulimits, values.LIMITS.join(", ")),
  umask: kept,
  use_api_socket: refused("leave it out: whoever has the engine's socket has the machine"),
  user: kept,
  userns_mode: never("the machine's own users"),
  uts: never("the machine's name"),
  volumes: only(values.mounts, "a named volume such as media:/app/media", MOUNT),
  volumes_from: never("the files of another container"),
  working_dir: kept,
};

/** What the file says outside its services, of which nothing goes to a host but the names of the volumes. */
export const FILE: Keys = {
  configs: elsewhere,
  include: refused("write its services into this file"),
  jobs: refused("write a service with x-slipway: { schedule: … }"),
  models: refused(LEAVE_OUT),
  name: elsewhere,
  networks: elsewhere,
  secrets: elsewhere,
  services: kept,
  version: elsewhere,
  volumes: kept,
};

/** What the file says of a named volume. On a host each is a folder of the machine, the app's alone. */
export const VOLUME: Keys = {
  driver: only(values.oneOf(["local"], "another kind of volume"), "local"),
  driver_opts: refused("leave it out: a volume is a folder of the machine that is the app's own"),
  external: elsewhere,
  labels: elsewhere,
  name: elsewhere,
};

/** Whether a key of a service goes to its container. */
export function isKept(key: string): boolean {
  return Object.hasOwn(SERVICE, key) && SERVICE[key]?.is === "kept";
}

/** Whether a variable has a value of the machine's or of compose's own on the host, whatever the app says. */
export function isMachines(name: string): boolean {
  return /^(PATH|HOME|COMPOSE_\w*)$/.test(name);
}

/** Whether a variable steers compose or the loader, so that compose doesn't get the app's. */
export function isSteering(name: string): boolean {
  return /^(DOCKER_|COMPOSE_|BUILDKIT_|BUILDX_|LD_|PATH$|HOME$|GODEBUG$|HTTPS?_PROXY$|NO_PROXY$)/i.test(name);
}

/** Whether a key has a row, or lies in a value that a row decides on as a whole. @param path from the file's top, names as `*` */
export function standsInTable(path: string): boolean {
  const [section, name, ...below] = path.split(".");
  const named = name === "*" && below.length > 0;
  if (section === "services" && named) return hasRow(SERVICE, below);
  if (section === "volumes" && named) return hasRow(VOLUME, below);
  return hasRow(FILE, path.split("."));
}

function hasRow(keys: Keys, [key = "", ...below]: readonly string[]): boolean {
  const row = Object.hasOwn(keys, key) ? keys[key] : undefined;
  if (!row) return false;
  if (below.length === 0 || row.is !== "kept") return true;
  return row.keys ? hasRow(row.keys, below) : row.asks !== undefined;
}
