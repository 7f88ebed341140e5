import { describe, expect, it } from "vitest";
import { readCompose } from "./compose";

const context = { file: "compose.yaml", env: { LEVEL: "info" }, secrets: ["SECRET_KEY"], follows: false };
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
    "compose.yaml: services.web.env_file: does not mean the same on a host",
    "compose.yaml: services.web.network_mode: does not mean the same on a host",
    'compose.yaml: services.web.build.context: "../outside" is outside the app\'s folder',
    'compose.yaml: services.web.expose: "http" is not a port',
    'compose.yaml: services.web.volumes[0]: ".:/code" mounts a folder of the laptop',
    'compose.yaml: services.web.volumes[1]: {"type":"bind","source":"/etc","target":"/etc"} mounts a folder of the laptop',
    "compose.yaml: services.web.environment.API_TOKEN: a secret stands here in clear",
    "compose.yaml: services.web.environment.EMPTY: has no value",
    "compose.yaml: services.web.command.1: ${SECRET_KEY} would put a secret into a plain place",
    "compose.yaml: services.web.command.2: ${NOWHERE} has no value",
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
