import { describe, expect, it } from "vitest";
import { readCompose } from "./compose";

const context = {
  file: "compose.yaml",
  env: { LEVEL: "info" },
  secrets: ["SECRET_KEY"],
  database: [],
  follows: false,
  profiles: [],
  grants: {},
  preview: false,
};
const read = (text: string) => readCompose(text, context);
const whats = (text: string) => read(text).mistakes.map(({ path, what }) => `${path}: ${what}`);

it("takes the services outside every profile, and drops what is the laptop's own", () => {
  const { app, mistakes } = read(`
services:
  web:
    build: { context: site, dockerfile: web.Dockerfile, target: final, args: { A: 1, B: } }
    ports: ["127.0.0.1:8080:8000/tcp"]
    container_name: site
    networks: [front]
    command: [serve, "--level", "\${LEVEL}", "\${PORTS:-8000}", "$$HOME"]
    environment: [LEVEL=debug, SECRET_KEY=x, "DATABASE_URL=postgres://laptop", "MODE=\${MODE-plain}"]
    volumes: ["media:/media"]
  worker: { image: "redis@sha256:${"0".repeat(64)}" }
  db: { image: postgres, profiles: [dev] }
volumes: { media: }
`);
  expect(mistakes).toEqual([]);
  expect(app).toEqual({
    services: [
      {
        name: "web",
        source: { build: { context: "site", dockerfile: "web.Dockerfile", target: "final", args: { A: "1" } } },
        port: 8000,
        compose: {
          command: ["serve", "--level", "${LEVEL}", "${PORTS:-8000}", "$$HOME"],
          volumes: ["media:/media"],
          environment: { MODE: "${MODE-plain}" },
        },
      },
      { name: "worker", source: { image: `redis@sha256:${"0".repeat(64)}` }, compose: {} },
    ],
    volumes: ["media"],
    databaseImage: "postgres",
  });
});

describe("a file that is written for several environments", () => {
  const text = `
x-app: &app
  build: { context: ., dockerfile: "\${FILE:-Dockerfile}", target: "\${TARGET:-final}" }
  env_file: [{ path: .env, required: false }]
services:
  web:
    <<: *app
    ports: ["\${FORWARD:-127.0.0.1:8000}:\${PORT:-8001}"]
    volumes: ["\${MEDIA:-media:/media}"]
    profiles: [web]
  worker: { <<: *app, profiles: [worker, web] }
  assets: { <<: *app, profiles: [assets] }
volumes: { media: }
`;
  const build = { context: ".", dockerfile: "Dockerfile", target: "final", args: {} };

  it("is deployed in the profiles that the stack names, its variables filled in before they are looked at", () => {
    expect(readCompose(text, { ...context, profiles: ["web"] })).toEqual({
      mistakes: [],
      app: {
        services: [
          { name: "web", source: { build }, port: 8001, compose: { volumes: ["${MEDIA:-media:/media}"] } },
          { name: "worker", source: { build }, compose: {} },
        ],
        volumes: ["media"],
      },
    });
  });

  it("shows what its variables come to", () => {
    const { mistakes } = readCompose(text, {
      ...context,
      env: { MEDIA: "./media:/media", PORT: "http" },
      profiles: ["web", "job"],
    });
    expect(mistakes.map(({ path, what, allowed }) => [path, what, allowed])).toEqual([
      ["compose.yaml: services.web.expose", '"http" is not a port', expect.any(String)],
      [
        "compose.yaml: services.web.volumes[0]",
        '"./media:/media" mounts a folder of the checkout, which is not on the host',
        "a named volume such as media:/app/media",
      ],
      [
        "compose.yaml: services",
        "no service is in profile \"job\", which the app's profiles in the stack's file name",
        "web, worker, assets",
      ],
    ]);
  });

  it("tells a variable without a value once", () => {
    expect(whats("services: { web: { build: ., volumes: ['${DATA}:/data'] } }")).toEqual([
      "compose.yaml: services.web.volumes.0: ${DATA} has no value",
    ]);
  });
});

it("refuses what cannot mean the same on a host, each by its path", () => {
  expect(
    whats(`
services:
  web:
    build: ../outside
    env_file: .env
    network_mode: host
    volumes: [".:/code", { type: bind, source: /etc, target: /etc }]
    command: [echo, "\${SECRET_KEY}", "\${NOWHERE}"]
    environment: { API_TOKEN: abc, EMPTY: }
    expose: ["http"]
    x-slipway: { helth: /up }
  Web_2: { image: "redis:7" }
  none: {}
`),
  ).toEqual([
    "compose.yaml: services.web.x-slipway.helth: unknown key",
    'compose.yaml: services.web.build.context: "../outside" is outside the app\'s folder',
    'compose.yaml: services.web.expose: "http" is not a port',
    "compose.yaml: services.web.command.1: ${SECRET_KEY} would put a secret into a plain place",
    "compose.yaml: services.web.command.2: ${NOWHERE} has no value",
    "compose.yaml: services.web.env_file: does not mean the same on a host",
    'compose.yaml: services.web.volumes[0]: ".:/code" mounts a folder of the checkout, which is not on the host',
    'compose.yaml: services.web.volumes[1]: "/etc:/etc" mounts a path of the machine',
    'compose.yaml: services.web.network_mode: "host" would give it another network than the app\'s',
    "compose.yaml: services.web.environment.API_TOKEN: a secret stands here in clear",
    "compose.yaml: services.web.environment.EMPTY: has no value",
    'compose.yaml: services.Web_2: "Web_2" cannot name a process',
    'compose.yaml: services.Web_2.image: "redis:7" is a tag, which can change under a running release',
    "compose.yaml: services.none: has neither build nor image",
  ]);
});

it("refuses a file that is not YAML, has no services, or only services in profiles", () => {
  expect(whats("services: [")[0]).toMatch(/^compose\.yaml: is not YAML: /);
  expect(whats("version: '3'")).toEqual(["compose.yaml: services: missing"]);
  expect(whats("services: { db: { image: postgres, profiles: [dev] } }")).toEqual([
    "compose.yaml: services: no service is outside every profile",
  ]);
});

it("takes uploads of a volume it knows, at a path of their own", () => {
  const withMedia = (volume: string, at: string) => `
services:
  web:
    build: .
    x-slipway: { static: { from: /app/static, at: /files/static/ }, media: { volume: ${volume}, at: ${at} } }
volumes: { media: }
`;
  expect(read(withMedia("media", "/media/")).app?.services[0]?.media).toEqual({ volume: "media", at: "/media/" });
  expect(whats(withMedia("uploads", "/files/"))).toEqual([
    'compose.yaml: services.web.x-slipway.media.volume: "uploads" is no volume of the file',
    'compose.yaml: services.web.x-slipway.media.at: "/files/" and "/files/static/" of static are in each other\'s way',
  ]);
});

it("takes one release command at most", () => {
  expect(
    whats(`
services:
  a: { build: ., x-slipway: { release: [migrate] } }
  b: { build: ., x-slipway: { release: [migrate] } }
`),
  ).toEqual(["compose.yaml: services.b.x-slipway.release: services.a has a release command too"]);
});

describe("an app whose host follows tags", () => {
  const follow = (text: string) => readCompose(text, { ...context, follows: true });

  it("takes images by tag or digest; a build beside one is for CI", () => {
    const { app, mistakes } = follow(`
services:
  web: { image: "ghcr.io/team/notes:main", build: . }
  cache: { image: "redis@sha256:${"0".repeat(64)}" }
`);
    expect(mistakes).toEqual([]);
    expect(app?.services.map(({ source }) => source)).toEqual([
      { image: "ghcr.io/team/notes:main" },
      { image: `redis@sha256:${"0".repeat(64)}` },
    ]);
  });

  it("asks for an image of every service, with its tag, and for one to follow at least", () => {
    const { mistakes } = follow(`
services:
  web: { build: . }
  worker: { image: "localhost:5000/notes" }
`);
    expect(mistakes.map(({ path, what }) => `${path}: ${what}`)).toEqual([
      "compose.yaml: services.web: has no image, and with delivery the stack builds none: CI pushes it, the host follows its tag",
      'compose.yaml: services.worker.image: "localhost:5000/notes" has no tag to follow',
    ]);
    expect(follow(`services: { web: { image: "redis@sha256:${"0".repeat(64)}" } }`).mistakes).toEqual([
      {
        path: "compose.yaml: services",
        what: "no service names an image by tag, so the host has nothing to follow",
        mend: "image: REGISTRY/NAME:main, or take delivery out of the stack's file",
      },
    ]);
  });
});

it("takes a schedule, and of deploy what a host does", () => {
  const { app, mistakes } = read(`
services:
  web:
    build: .
    expose: ["8000"]
    deploy: { resources: { limits: { memory: 512M } } }
  worker: { build: ., deploy: { update_config: { order: start-first } } }
  nightly:
    build: .
    command: [python, manage.py, tidy]
    expose: ["8000"]
    x-slipway: { schedule: "0 3 * * *" }
`);
  expect(mistakes).toEqual([]);
  const source = { build: { context: ".", dockerfile: "Dockerfile", args: {} } };
  expect(app?.services).toEqual([
    { name: "web", source, port: 8000, compose: { deploy: { resources: { limits: { memory: "512M" } } } } },
    { name: "worker", source, compose: { deploy: { update_config: { order: "start-first" } } } },
    { name: "nightly", source, schedule: "0 3 * * *", compose: { command: ["python", "manage.py", "tidy"] } },
  ]);
});

it("refuses what does not go with a schedule", () => {
  const { mistakes } = read(`
services:
  a: { build: ., x-slipway: { schedule: "0 25 * * *" } }
  b: { build: ., x-slipway: { schedule: "@daily", health: /up, static: { from: /a, at: /b/ } } }
`);
  expect(mistakes).toEqual([
    {
      path: "compose.yaml: services.a.x-slipway.schedule",
      what: '"0 25 * * *" is no schedule: hour "25": expected 0 to 23, a range such as 0-23, a list such as 0,23, or a step such as */2',
      allowed:
        'five fields of cron (minute, hour, day of the month, month, day of the week) in UTC, e.g. "0 3 * * *"; or @hourly, @daily, @weekly, @monthly, @yearly',
    },
    {
      path: "compose.yaml: services.b.x-slipway.health",
      what: "does not go with a schedule: nobody is led to what runs at its times only",
      mend: "remove health, or schedule",
    },
    {
      path: "compose.yaml: services.b.x-slipway.static",
      what: "does not go with a schedule: nobody is led to what runs at its times only",
      mend: "remove static, or schedule",
    },
  ]);
  expect(
    whats(`
services:
  a: { build: ., x-slipway: { schedule: "@daily" } }
  b: { build: ., depends_on: [a] }
  c: { build: ., depends_on: { a: { condition: service_completed_successfully } } }
`),
  ).toEqual([
    "compose.yaml: services.b.depends_on: waits for a, which runs at the times of its schedule only",
    "compose.yaml: services.c.depends_on: waits for a, which runs at the times of its schedule only",
  ]);
});

it("refuses what of deploy would silently not be done", () => {
  const { mistakes } = read(`
services:
  a: { build: ., scale: 2, deploy: { replicas: 2, mode: global, update_config: { order: sideways, parallelism: 1 } } }
  b: { build: ., deploy: { replicas: 2, mode: global, update_config: { parallelism: 1 } } }
`);
  const what = "does not mean the same on a host";
  expect(mistakes.filter(({ path }) => path.includes("services.b"))).toEqual([
    {
      path: "compose.yaml: services.b.deploy.update_config.parallelism",
      what,
      mend: "leave it out",
    },
    {
      path: "compose.yaml: services.b.deploy.replicas",
      what,
      mend: "put the number under replicas of the app in the stack's file",
    },
    { path: "compose.yaml: services.b.deploy.mode", what, mend: "leave it out" },
  ]);
  expect(mistakes.filter(({ path }) => path.includes("services.a"))).toEqual([
    {
      path: "compose.yaml: services.a.deploy.update_config.order",
      what: '"sideways" is not allowed',
      allowed: "start-first, stop-first",
    },
    {
      path: "compose.yaml: services.a.scale",
      what: "does not mean the same on a host",
      mend: "put the number under replicas of the app in the stack's file",
    },
  ]);
});

describe("what a compose file asks of the machine", () => {
  const hostile = `
services:
  web:
    build: .
    cap_add: [NET_ADMIN, "\${CAP:-SYS_ADMIN}"]
    volumes: ["/srv/in:/in:ro", "\${LEVEL:+/}:/host", "other_data:/x"]
    enviroment: { A: b }
    labels: { slipway.app: other }
    sysctls: { net.core.somaxconn: 1024 }
    x-of-another-tool: true
volumes: { data: { driver_opts: { type: none, o: bind, device: / } } }
include: [other.yaml]
servces: {}
`;
  const power = "would give it a power of the machine's root";

  it("is told with what is allowed and the line that grants it", () => {
    const { mistakes } = readCompose(hostile, context);
    expect(mistakes.map(({ path, what, mend }) => [path.replace("compose.yaml: ", ""), what, mend])).toEqual([
      [
        "services.web.volumes[0]",
        '"/srv/in:/in:ro" mounts a path of the machine',
        `leave it out, or add to the app in the stack's file: grants: { web: ["volumes=/srv/in:/in:ro"] }`,
      ],
      [
        "services.web.volumes[1]",
        '"/:/host" mounts a path of the machine',
        `leave it out, or add to the app in the stack's file: grants: { web: ["volumes=/:/host"] }`,
      ],
      [
        "services.web.volumes[2]",
        '"other_data:/x" mounts other_data, which is no volume of the app',
        "add at the top level: volumes: { other_data: {} }",
      ],
      [
        "services.web.cap_add",
        `"NET_ADMIN", "SYS_ADMIN" ${power}`,
        "leave it out, or add to the app in the stack's file: " +
          'grants: { web: ["cap_add=NET_ADMIN", "cap_add=SYS_ADMIN"] }',
      ],
      ["services.web.enviroment", "unknown key", "did you mean environment?"],
      ["services.web.labels", '"slipway.app" is a label of the engine\'s own', "leave it out, or call it otherwise"],
      ["include", "does not mean the same on a host", "write its services into this file"],
      ["servces", "unknown key", "did you mean services?"],
      [
        "volumes.data.driver_opts",
        "does not mean the same on a host",
        "leave it out: a volume is a folder of the machine that is the app's own",
      ],
    ]);
  });

  const asks = "services: { web: { build: ., cap_add: [NET_ADMIN], devices: [/dev/net/tun] } }";
  const grants = { web: ["cap_add=NET_ADMIN", "devices"] };

  it("is what the stack's file grants", () => {
    const { app, mistakes } = readCompose(asks, { ...context, grants });
    expect(mistakes).toEqual([]);
    expect(app?.services[0]?.compose).toEqual({ cap_add: ["NET_ADMIN"], devices: ["/dev/net/tun"] });
    expect(readCompose(asks, { ...context, grants: { worker: ["cap_add", "devices"] } }).mistakes).toHaveLength(2);
  });

  it("is never granted to a preview", () => {
    const { mistakes } = readCompose(asks, { ...context, grants, preview: true });
    expect(mistakes.map(({ mend }) => mend)).toEqual([
      "leave it out: the preview of a pull request gets no grants",
      "leave it out: the preview of a pull request gets no grants",
    ]);
  });
});
