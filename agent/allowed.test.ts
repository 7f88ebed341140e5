import { describe, expect, test } from "vitest";
import { excessOfRendered, excessOfWords, type Rendered } from "./allowed";
import { authorityPath } from "./authorities";
import { composeProject } from "./compose";
import { GRANTABLE } from "./compose-judge";
import type { Manifest } from "./manifest";

const image = `registry.test/shop@sha256:${"a".repeat(64)}`;
const base: Manifest = {
  version: 1,
  app: "shop",
  origin: { sequence: 1, actor: "ana" },
  processes: {},
  routes: [],
  tls: { mode: "off" },
  environment: {},
  secrets: [],
  volumes: ["data"],
  keep: 3,
  limits: { health: 5, release: 60, drain: 10, settle: 0, watch: 2, lock: 5, wait: 1 },
};
const asking = (compose: Record<string, unknown>, grants?: string[], more: Partial<Manifest> = {}): Manifest => ({
  ...base,
  processes: { web: { image, compose, replicas: 1, ...(grants && { grants }) } },
  ...more,
});
/** The project as compose would render it where nothing is to be filled in. */
const rendered = (manifest: Manifest, also: Record<string, unknown> = {}): Rendered => {
  const { services, volumes } = composeProject({ manifest, release: 1, ports: {} }) as unknown as Rendered;
  return { volumes, services: { ...services, web: { ...services.web, ...also } } };
};

/** What would give a container more than it has by itself, by the key that it is told under. */
const TRICKS: readonly (readonly [string, Record<string, unknown>])[] = [
  ["annotations", { annotations: { "org.systemd.property.DevicePolicy": "'auto'" } }],
  ["blkio_config", { blkio_config: { weight: 1000 } }],
  ["cap_add", { cap_add: ["sys_admin"] }],
  ["cap_add", { cap_add: ["CHOWN", "ALL"] }],
  ["cgroup", { cgroup: "host" }],
  ["cgroup_parent", { cgroup_parent: "/" }],
  ["cpu_shares", { cpu_shares: 262144 }],
  ["cpu_rt_runtime", { cpu_rt_runtime: 950000 }],
  ["deploy.resources.limits.pids", { deploy: { resources: { limits: { pids: -1 } } } }],
  ["deploy.resources.limits.pids", { deploy: { resources: { limits: { pids: 100000 } } } }],
  [
    "deploy.resources.reservations.devices",
    { deploy: { resources: { reservations: { devices: [{ capabilities: ["gpu"] }] } } } },
  ],
  ["device_cgroup_rules", { device_cgroup_rules: ["a *:* rwm"] }],
  ["devices", { devices: ["/dev/sda"] }],
  ["devices", { devices: [{ source: "/dev/sda", target: "/dev/x", permissions: "r" }] }],
  ["dns", { dns: "127.0.0.53" }],
  ["dns", { dns: ["10.0.0.1", "::1"] }],
  ["gpus", { gpus: "all" }],
  ["group_add", { group_add: ["docker"] }],
  ["group_add", { group_add: [0] }],
  ["ipc", { ipc: "host" }],
  ["ipc", { ipc: "container:other-r1-web-1" }],
  ["isolation", { isolation: "process" }],
  ["logging", { logging: { driver: "syslog", options: { "syslog-address": "tcp://192.0.2.1" } } }],
  ["logging", { logging: { driver: "json-file", options: { path: "/etc/cron.d/x" } } }],
  ["logging", { logging: { driver: "json-file", options: { "max-size": "1000g" } } }],
  ["logging", { logging: { driver: "local", options: { "max-size": "-1" } } }],
  ["logging", { logging: { options: { "max-file": "1000000" } } }],
  ["logging", { logging: { driver: "local", options: { mode: "non-blocking", "max-buffer-size": "100GiB" } } }],
  ["mac_address", { mac_address: "02:42:ac:11:00:02" }],
  ["network_mode", { network_mode: "host" }],
  ["network_mode", { network_mode: "container:other-r1-web-1" }],
  ["oom_kill_disable", { oom_kill_disable: true }],
  ["oom_score_adj", { oom_score_adj: "-1000" }],
  ["pid", { pid: "host" }],
  ["pids_limit", { pids_limit: 0 }],
  ["pids_limit", { pids_limit: 4000000 }],
  ["privileged", { privileged: true }],
  ["privileged", { privileged: "yes" }],
  ["runtime", { runtime: "crun" }],
  ["security_opt", { security_opt: ["no-new-privileges:true", "seccomp:unconfined"] }],
  ["security_opt", { security_opt: ["apparmor=unconfined"] }],
  ["security_opt", { security_opt: ["seccomp:/etc/shadow"] }],
  ["security_opt", { security_opt: ["no-new-privileges:false"] }],
  ["stop_grace_period", { stop_grace_period: "10000h" }],
  ["stop_grace_period", { stop_grace_period: "1w" }],
  ["storage_opt", { storage_opt: { "dm.basesize": "100G" } }],
  ["sysctls", { sysctls: ["net.ipv4.conf.all.route_localnet=1"] }],
  ["sysctls", { sysctls: { "kernel.core_pattern": "|/x" } }],
  ["ulimits", { ulimits: { rtprio: 99 } }],
  ["userns_mode", { userns_mode: "host" }],
  ["uts", { uts: "host" }],
  ["volumes[0]", { volumes: ["/:/host"] }],
  ["volumes[0]", { volumes: ["/var/run/docker.sock:/s:ro"] }],
  ["volumes[0]", { volumes: [{ type: "bind", source: "/", target: "/host" }] }],
  ["volumes[0]", { volumes: [{ type: "image", source: "other", target: "/x" }] }],
  ["volumes[0]", { volumes: [{ type: "npipe", source: "x", target: "/x" }] }],
  ["volumes_from", { volumes_from: ["container:other-r1-web-1"] }],
];

/** What no grant lets through. */
const NEVER: readonly (readonly [string, Record<string, unknown>])[] = [
  ["configs", { configs: ["a"] }],
  ["credential_spec", { credential_spec: { file: "/etc/shadow" } }],
  ["env_file", { env_file: "/etc/shadow" }],
  ["extends", { extends: { file: "/etc/shadow", service: "a" } }],
  ["label_file", { label_file: "/etc/shadow" }],
  ["labels", { labels: { "slipway.app": "other" } }],
  ["labels", { labels: ["com.docker.compose.project=other"] }],
  ["models", { models: ["m"] }],
  ["post_start", { post_start: [{ command: "id", privileged: true }] }],
  ["pre_start", { pre_start: [{ command: "id" }] }],
  ["pre_stop", { pre_stop: [{ command: "id", user: "root" }] }],
  ["provider", { provider: { type: "x" } }],
  ["secrets", { secrets: [{ source: "s" }] }],
  ["tmpfs", { tmpfs: ["/x:bind"] }],
  ["use_api_socket", { use_api_socket: true }],
  ["volumes[0]", { volumes: ["./src:/app"] }],
  ["volumes[0]", { volumes: ["~/x:/app"] }],
  ["volumes[0]", { volumes: [{ type: "bind", source: "../x", target: "/app" }] }],
  ["volumes[0]", { volumes: ["other_data:/x"] }],
  ["volumes[0]", { volumes: ["data:/x:shared"] }],
  ["volumes[0]", { volumes: [{ type: "volume", source: "data", target: "/x", volume: { subpath: "../../other" } }] }],
  ["volumes[0].volume.jail", { volumes: [{ type: "volume", source: "data", target: "/x", volume: { jail: 1 } }] }],
  ["jails", { jails: true }],
  ["constructor", { constructor: true }],
  ["healthcheck.tests", { healthcheck: { tests: ["CMD", "true"] } }],
];

/** What takes away, or weighs on the container alone. */
const HARMLESS: Record<string, unknown> = {
  "x-of-another-tool": { privileged: true },
  cap_add: ["NET_BIND_SERVICE", "CAP_CHOWN"],
  cap_drop: ["ALL"],
  cgroup: "private",
  cpus: "0.5",
  cpu_shares: 512,
  dns: ["10.0.0.1", "2001:db8::1"],
  domainname: "test",
  deploy: { resources: { limits: { memory: "256M", cpus: "0.5", pids: 100 }, reservations: { memory: "64M" } } },
  entrypoint: ["run"],
  extra_hosts: ["a:10.0.0.1", "b=host-gateway"],
  group_add: ["1000", 2000],
  healthcheck: { test: ["CMD", "true"], interval: "1s", start_interval: "1s" },
  hostname: "web",
  init: true,
  ipc: "private",
  labels: ["traefik.enable=true"],
  logging: { driver: "json-file", options: { "max-size": "20m", "max-file": 4, "max-buffer-size": "4MB", tag: "x" } },
  mem_limit: "256m",
  oom_score_adj: 500,
  pids_limit: 200,
  platform: "linux/amd64",
  privileged: false,
  read_only: true,
  restart: "always",
  runtime: "runc",
  security_opt: ["no-new-privileges:true"],
  shm_size: "1gb",
  stdin_open: true,
  stop_grace_period: "30s",
  stop_signal: "SIGINT",
  sysctls: { "net.core.somaxconn": 1024 },
  tmpfs: ["/run:size=64m,mode=1777,noexec", "/tmp"],
  tty: true,
  ulimits: { nofile: { soft: 20000, hard: 40000 }, memlock: -1 },
  user: "0:0",
  volumes: [
    "data:/data:ro",
    "/anonymous",
    { type: "tmpfs", target: "/t", tmpfs: { size: "1m" } },
    { type: "volume", source: "data", target: "/y", read_only: true, volume: { nocopy: true, subpath: "a/b" } },
  ],
  working_dir: "/app",
};

const path = (line: string | undefined) => /^process web: ([^:]+): /.exec(line ?? "")?.[1];

describe("before anything is created", () => {
  test.each(TRICKS)("%s: %j is refused, as written and as rendered, and let through by a grant", (key, compose) => {
    const words = excessOfWords(asking(compose));
    expect(words.map(path)).toEqual([key]);
    expect(excessOfRendered(rendered(asking({}), compose), asking({})).map(path)).toEqual([key]);
    const entries = /grants: \{ web: (\[.*\]) \}/.exec(words[0] ?? "")?.[1];
    const granted = asking(compose, JSON.parse(entries ?? "[]"));
    expect(excessOfWords(granted)).toEqual([]);
    expect(excessOfRendered(rendered(granted), granted)).toEqual([]);
    expect(excessOfWords(asking(compose, [key.replace(/\[0\]$/, "")]))).toEqual([]);
  });

  test.each(NEVER)("%s: %j is refused, whatever is granted", (key, compose) => {
    expect(excessOfWords(asking(compose, [key, ...GRANTABLE.filter((one) => one !== "volumes")])).map(path)).toEqual([
      key,
    ]);
    expect(composeProject({ manifest: asking(compose), release: 1, ports: {} })).toBeDefined();
  });

  test("what is harmless passes, written and rendered", () => {
    const manifest = asking(HARMLESS);
    expect(excessOfWords(manifest)).toEqual([]);
    expect(excessOfRendered(rendered(manifest), manifest)).toEqual([]);
  });

  test("a grant is for its own value, key and process", () => {
    const compose = { cap_add: ["NET_ADMIN", "SYS_ADMIN"] };
    expect(excessOfWords(asking(compose, ["cap_add=NET_ADMIN"]))).toEqual([
      'process web: cap_add: "SYS_ADMIN" would give it a power of the machine\'s root ' +
        "(allowed: AUDIT_WRITE, CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, MKNOD, NET_BIND_SERVICE, NET_RAW, SETFCAP, SETGID, SETPCAP, SETUID, SYS_CHROOT; " +
        'mend: leave it out, or add to the app in the stack\'s file: grants: { web: ["cap_add=SYS_ADMIN"] })',
    ]);
    expect(excessOfWords(asking({ volumes: ["/srv:/x"] }, ["volumes=/srv:/x:ro"]))).toHaveLength(1);
    const two = asking(compose, ["cap_add"]);
    const other = { ...two, processes: { ...two.processes, worker: { image, compose, replicas: 1 } } };
    expect(excessOfWords(other)).toHaveLength(1);
    expect(excessOfWords(other)[0]).toContain("process worker: cap_add");
  });

  test("what holds a variable is judged by what compose makes of it", () => {
    const hidden = {
      volumes: ["data:/data", "${HOME:+/}:/host"],
      cap_add: ["${CAP:-SYS_ADMIN}"],
      privileged: "${P:-true}",
      logging: { driver: "${D:-syslog}" },
    };
    const manifest = asking(hidden);
    expect(excessOfWords(manifest)).toEqual([]);
    const made = {
      volumes: [
        { type: "volume", source: "data", target: "/data" },
        { type: "bind", source: "/", target: "/host", bind: { create_host_path: true } },
      ],
      cap_add: ["SYS_ADMIN"],
      privileged: true,
      logging: { driver: "syslog" },
    };
    expect(excessOfRendered(rendered(manifest, made), manifest).map(path).sort()).toEqual([
      "cap_add",
      "logging",
      "privileged",
      "volumes[1]",
    ]);
  });

  test("what the engine sets itself comes out as it went in", () => {
    const manifest = asking({});
    const other = `registry.test/other@sha256:${"b".repeat(64)}`;
    expect(excessOfRendered(rendered(manifest, { image: other }), manifest)).toEqual([
      `process web: image: ${image} holds a variable`,
    ]);
    const { services } = rendered(manifest);
    expect(excessOfRendered({ services, volumes: { data: { name: "other_data" } } }, manifest)).toEqual([
      'volumes: "data" holds a variable',
    ]);
    expect(excessOfRendered({ services: { ...services, extra: { image } }, volumes: {} }, manifest)).toEqual([
      "services: extra is no process of the app",
    ]);
    expect(excessOfWords({ ...manifest, volumes: ["${X:-a}"] })).toEqual([
      'volumes: "${X:-a}" can be no name of a volume',
    ]);
  });

  test("the engine's own mounts and labels are no excess; the same words from a compose file are", () => {
    const authorities = ["-----BEGIN CERTIFICATE-----\nabc\n"];
    const manifest = asking({ volumes: ["data:/data"] }, undefined, { authorities });
    const mount = authorities.map(authorityPath).map((at) => `${at}:${at}:ro`);
    expect(excessOfRendered(rendered(manifest), manifest)).toEqual([]);
    expect(excessOfWords(asking({ volumes: mount }, undefined, { authorities })).map(path)).toEqual(["volumes[0]"]);
  });

  test("a process that the edge is led to stays on the app's network, grant or not", () => {
    const served = asking({ network_mode: "host" }, ["network_mode"]);
    const web = { ...served.processes.web, image, replicas: 1, compose: { network_mode: "host" }, port: 8000 };
    expect(excessOfWords({ ...served, processes: { web } }).map(path)).toEqual(["network_mode"]);
    const { services } = rendered(served);
    expect(services.web).toMatchObject({ network_mode: "host" });
    expect(services.web).not.toHaveProperty("networks");
  });

  test("every process, replica and the release command is looked at", () => {
    const compose = { cap_add: ["ALL"] };
    const manifest: Manifest = {
      ...asking({}),
      processes: {
        web: { image, compose: {}, replicas: 2 },
        nightly: { image, compose, replicas: 1, schedule: "@daily" },
      },
      release: { process: "web", command: ["migrate"] },
    };
    expect(excessOfRendered(rendered(manifest), manifest).map((line) => line.split(":")[0])).toEqual([
      "process nightly",
    ]);
    for (const service of ["web_2", "release_command", "nightly"]) {
      const made = rendered({
        ...manifest,
        processes: { ...manifest.processes, nightly: { image, compose: {}, replicas: 1, schedule: "@daily" } },
      });
      const hostile = {
        ...made,
        services: { ...made.services, [service]: { ...made.services[service], pid: "host" } },
      };
      expect(excessOfRendered(hostile, manifest)).toHaveLength(1);
    }
  });
});
