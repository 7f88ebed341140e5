import { describe, expect, test } from "vitest";
import { composeProject } from "./compose";
import type { Manifest } from "./manifest";

const image = `registry.test/shop@sha256:${"a".repeat(64)}`;
const base: Manifest = {
  version: 1,
  app: "shop",
  origin: { sequence: 1, actor: "ana" },
  processes: {
    web: { image, compose: {}, port: 8000, replicas: 2 },
    worker: { image, compose: { command: ["work"] }, replicas: 1 },
  },
  routes: [],
  tls: { mode: "off" },
  environment: { SECRET: "hidden", DEBUG: "0" },
  secrets: ["SECRET"],
  volumes: ["data"],
  keep: 3,
  limits: { health: 5, release: 60, drain: 10, settle: 0, watch: 2, lock: 5, wait: 1 },
};
const project = (changes: Partial<Manifest> = {}) =>
  composeProject({ manifest: { ...base, ...changes }, release: 4, ports: { web: [20_000, 20_001] } }) as {
    services: Record<string, Record<string, unknown>>;
  };
const web = (compose: Record<string, unknown>, changes: Partial<Manifest> = {}) =>
  project({ processes: { web: { image, compose, port: 8000, replicas: 1 } }, ...changes }).services.web;

test("a whole project", () => {
  const logging = { driver: "local", options: { "max-size": "10m", "max-file": "5" } };
  const extra_hosts = { "host.docker.internal": "host-gateway" };
  const labels = (process: string, replica: string) => ({
    "slipway.app": "shop",
    "slipway.release": "4",
    "slipway.process": process,
    "slipway.replica": replica,
  });
  const served = {
    restart: "unless-stopped",
    logging,
    pids_limit: 1024,
    image,
    env_file: ["./env"],
    environment: { PORT: "8000" },
    extra_hosts,
  };
  expect(project({ release: { process: "web", command: ["migrate", "$now"] } })).toEqual({
    name: "shop-r4",
    services: {
      web: {
        ...served,
        labels: labels("web", "0"),
        networks: { default: { aliases: ["web", "web.r4"] } },
        ports: ["127.0.0.1:20000:8000"],
      },
      web_2: {
        ...served,
        labels: labels("web", "1"),
        networks: { default: { aliases: ["web", "web.r4"] } },
        ports: ["127.0.0.1:20001:8000"],
      },
      worker: {
        restart: "unless-stopped",
        logging,
        pids_limit: 1024,
        command: ["work"],
        image,
        env_file: ["./env"],
        environment: {},
        extra_hosts,
        labels: labels("worker", "0"),
        networks: { default: { aliases: ["worker", "worker.r4"] } },
      },
      release_command: {
        ...served,
        restart: "no",
        command: ["migrate", "$$now"],
        labels: labels("release_command", "0"),
        networks: { default: {} },
      },
    },
    networks: { default: { external: true, name: "slipway-shop" } },
    volumes: { data: { external: true, name: "shop_data" } },
  });
});

test("no release command for what an app went back to: the database is newer", () => {
  const release = { process: "web", command: ["migrate"] };
  const origin = { sequence: 2, actor: "ana", rollback: 3 };
  expect(Object.keys(project({ release, origin }).services)).toEqual(["web", "web_2", "worker"]);
});

test("processes of an app under a path are told it, unless the stack's settings say otherwise", () => {
  const routes = [{ host: "a.test", path: "/shop", process: "web" }];
  const { services } = project({ routes });
  expect(services.web?.environment).toEqual({ PORT: "8000", SCRIPT_NAME: "/shop" });
  expect(services.worker?.environment).toEqual({ SCRIPT_NAME: "/shop" });
  const own = project({ routes, environment: { SCRIPT_NAME: "" } }).services.web;
  expect(own?.environment).toEqual({ PORT: "8000" });
});

test("no value of the environment is in it", () => {
  expect(JSON.stringify(project())).not.toContain("hidden");
});

describe("what a compose file says", () => {
  test("is kept, less what can't be beside another release", () => {
    const kept = web({
      user: "1000",
      restart: "always",
      container_name: "x",
      networks: ["a"],
      links: ["db"],
      env_file: ".env",
      deploy: {},
    });
    expect(kept).toMatchObject({
      user: "1000",
      restart: "always",
      env_file: ["./env"],
      networks: { default: { aliases: ["web", "web.r4"] } },
    });
    for (const key of ["container_name", "links", "deploy"]) expect(kept).not.toHaveProperty(key);
  });

  test("of deploy, the limits: how a release goes is not compose's to decide", () => {
    const resources = { limits: { memory: "256M", cpus: "0.5" } };
    expect(web({ deploy: { resources, update_config: { order: "stop-first" }, replicas: 3 } })?.deploy).toEqual({
      resources: { ...resources, limits: { ...resources.limits, pids: 1024 } },
    });
  });

  test.each([
    ["nothing", {}, 1024, undefined],
    ["pids_limit", { pids_limit: 64 }, 64, undefined],
    ["a limit of deploy's", { deploy: { resources: { limits: { pids: 64 } } } }, undefined, 64],
    ["other limits", { deploy: { resources: { limits: { memory: "256M" } } } }, undefined, 1024],
    ["both", { pids_limit: 64, deploy: { resources: { limits: { memory: "256M" } } } }, undefined, 64],
    ["reservations", { deploy: { resources: { reservations: { memory: "256M" } } } }, 1024, undefined],
  ])("with %s, no container may have processes without end", (_, compose, limit, deployed) => {
    const made = web(compose) as { pids_limit?: number; deploy?: { resources: { limits?: { pids?: number } } } };
    expect([made.pids_limit, made.deploy?.resources.limits?.pids]).toEqual([limit, deployed]);
  });

  test("one with a schedule is left to its timer: no container, no restart, no name on the network, nothing waited for", () => {
    const compose = { command: ["tidy"], restart: "always", depends_on: ["web"] };
    const nightly = { image, compose, replicas: 1, schedule: "0 3 * * *" };
    const { processes } = base;
    expect(project({ processes: { ...processes, nightly } }).services.nightly).toEqual({
      profiles: ["schedule"],
      restart: "no",
      logging: { driver: "local", options: { "max-size": "10m", "max-file": "5" } },
      pids_limit: 1024,
      command: ["tidy"],
      image,
      env_file: ["./env"],
      environment: {},
      extra_hosts: { "host.docker.internal": "host-gateway" },
      labels: {
        "slipway.app": "shop",
        "slipway.release": "4",
        "slipway.process": "nightly",
        "slipway.replica": "0",
      },
      networks: { default: {} },
    });
  });

  test("the stack's environment wins over the file's; names without a value are the stack's to give", () => {
    expect(web({ environment: ["DEBUG=1", "OWN=2", "SECRET"] })?.environment).toEqual({ PORT: "8000", OWN: "2" });
    expect(web({ environment: { DEBUG: "1", OWN: 2, PORT: "9" } })?.environment).toEqual({ OWN: 2, PORT: "9" });
  });

  test("waits only for processes that are deployed", () => {
    const worker = { image, compose: {}, replicas: 1 };
    const both = (depends_on: unknown) =>
      project({ processes: { web: { image, compose: { depends_on }, port: 8000, replicas: 1 }, worker } }).services.web
        ?.depends_on;
    expect(both(["db", "worker"])).toEqual({ worker: { condition: "service_started" } });
    expect(both({ db: { condition: "service_healthy" }, worker: { condition: "service_healthy" } })).toEqual({
      worker: { condition: "service_healthy" },
    });
    expect(both(["db"])).toBeUndefined();
  });

  test("one that another waits to end is not started again", () => {
    const init = { image, compose: {}, replicas: 1 };
    const compose = { depends_on: { init: { condition: "service_completed_successfully" } } };
    expect(project({ processes: { web: { image, compose, port: 1, replicas: 1 }, init } }).services.init?.restart).toBe(
      "no",
    );
  });

  test("named volumes and absolute mounts are kept", () => {
    const volumes = ["data:/data", "/srv/x:/x:ro", { type: "volume", source: "data", target: "/y" }, "/anonymous"];
    expect(web({ volumes })?.volumes).toEqual(volumes);
  });

  test("extra_hosts in each spelling", () => {
    const expected = { a: "10.0.0.1", b: "::1", "host.docker.internal": "host-gateway" };
    expect(web({ extra_hosts: ["a:10.0.0.1", "b=::1"] })?.extra_hosts).toEqual(expected);
    expect(web({ extra_hosts: { a: "10.0.0.1", b: "::1" } })?.extra_hosts).toEqual(expected);
  });
});

test("the release command gives up on locks of the database in time, on top of the app's own options", () => {
  const environment = { DATABASE_URL: "postgres://shop@db/shop" };
  const command = (changes: Partial<Manifest>) =>
    project({
      release: { process: "web", command: ["migrate"] },
      database: { url: "DATABASE_URL" },
      environment,
      ...changes,
    }).services.release_command?.environment;
  expect(command({})).toEqual({ PORT: "8000", PGOPTIONS: "-c lock_timeout=5000" });
  expect(command({ environment: { ...environment, PGOPTIONS: "-c search_path=$user" } })).toMatchObject({
    PGOPTIONS: "-c search_path=$$user -c lock_timeout=5000",
  });
  expect(command({ limits: { ...base.limits, lock: 0 } })).toEqual({ PORT: "8000" });
  expect(command({ database: undefined })).toEqual({ PORT: "8000" });
});

test("what a process waits for is its own release's, beside the old one; what goes on is the one that goes on", () => {
  const proxy = (depends_on: unknown, web: object = {}) =>
    project({
      processes: {
        proxy: { image, compose: { depends_on }, port: 8080, replicas: 1 },
        web: { image, compose: {}, port: 8000, replicas: 1, ...web },
      },
    }).services.proxy?.external_links;
  expect(proxy(["web"])).toEqual(["web.r4:web"]);
  expect(proxy({ web: { condition: "service_healthy" } })).toEqual(["web.r4:web"]);
  expect(proxy(["web"], { compose: { volumes: ["data:/data"] } })).toEqual(["web.r4:web"]);
  expect(proxy({ web: { condition: "service_completed_successfully" } })).toBeUndefined();
  expect(proxy(["db"])).toBeUndefined();
});

test("what goes on is made by no compose again, and is linked to by the number it has", () => {
  const manifest: Manifest = {
    ...base,
    processes: {
      web: { image, compose: { depends_on: ["cache", "queue"] }, port: 8000, replicas: 1 },
      cache: { image, compose: { depends_on: ["queue"] }, replicas: 1 },
      queue: { image, compose: {}, replicas: 1 },
    },
    release: { process: "web", command: ["migrate"] },
  };
  const order = { manifest, release: 4, ports: { web: [20_000] }, kept: { cache: 2 } };
  const { services } = composeProject(order) as { services: Record<string, Record<string, unknown>> };
  expect(services.cache?.profiles).toEqual(["kept"]);
  expect(services.cache).not.toHaveProperty("depends_on");
  expect(services.web?.depends_on).toEqual({ queue: { condition: "service_started" } });
  expect(services.web?.external_links).toEqual(["cache.r2:cache", "queue.r4:queue"]);
  expect(services.release_command?.external_links).toEqual(["cache.r2:cache", "queue.r4:queue"]);
});
