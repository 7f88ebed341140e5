import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { type ConfigSource, readSettings } from "./settings";
import { SettingsError } from "./settings/mistakes";

const root = mkdtempSync(join(tmpdir(), "slipway-settings-"));
beforeAll(() => {
  cpSync("examples/notes", join(root, "notes"), { recursive: true });
  cpSync("examples/notes", join(root, "broken"), { recursive: true });
  writeFileSync(join(root, "broken", "compose.yaml"), "services:\n  web: [\n");
  cpSync("examples/notes", join(root, "bare"), { recursive: true });
  writeFileSync(join(root, "bare", "compose.yaml"), "services:\n  web: { build: . }\n");
  cpSync("examples/notes", join(root, "timed"), { recursive: true });
  mkdirSync(join(root, "asking"));
  writeFileSync(join(root, "asking", "Dockerfile"), "");
  writeFileSync(
    join(root, "asking", "compose.yaml"),
    "services: { web: { build: ., expose: ['8000'], cap_add: [NET_ADMIN], x-slipway: { health: /up } } }",
  );
  writeFileSync(
    join(root, "timed", "compose.yaml"),
    `services:
  web:
    build: .
    expose: ["8000"]
    deploy: { update_config: { order: stop-first } }
    x-slipway: { health: /up }
  nightly: { build: ., expose: ["8000"], x-slipway: { schedule: "@daily" } }
`,
  );
});
afterAll(() => rmSync(root, { recursive: true }));

const host = { provider: "digitalocean", region: "fra1", size: "s-1vcpu-2gb", sshFrom: ["203.0.113.0/24"] };
const notes = { folder: "notes", routes: ["notes.example.com"], secrets: { SECRET_KEY: "generate" } };

function source(
  values: Record<string, unknown>,
  secrets: Record<string, string> = { "slipway:registry.password": "pw" },
): ConfigSource {
  const texts = Object.entries(values).map(([key, value]) => [
    `slipway:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return {
    project: "slipway",
    stack: "dev",
    values: { ...Object.fromEntries(texts), ...secrets, "digitalocean:token": "t" },
    isSecret: (key) => key in secrets,
    root,
  };
}

function mistakesOf(input: ConfigSource) {
  try {
    readSettings(input);
  } catch (error) {
    if (error instanceof SettingsError) return error.mistakes;
    throw error;
  }
  throw new Error("no mistake was found");
}

const good = { host, registry: { server: "ghcr.io", namespace: "team", username: "bot" }, apps: { notes } };

describe("readSettings", () => {
  it("takes over another stack's settings, and names the file of a mistake that was taken over", () => {
    const prod = { ...good, host: { ...host, region: "fra9" }, tls: { mode: "internal" } };
    const config = Object.fromEntries(Object.entries(prod).map(([key, value]) => [`slipway:${key}`, value]));
    writeFileSync(join(root, "Pulumi.prod.yaml"), stringify({ config }));
    const staging = { extends: "prod", host: { size: "s-2vcpu-4gb" }, tls: {}, database: {} };
    expect(mistakesOf(source(staging)).map(({ path, what }) => `${path}: ${what}`)).toEqual([
      'Pulumi.prod.yaml: slipway:host.region: "fra9" is not allowed',
    ]);
    const mended = { ...staging, host: { size: "s-2vcpu-4gb", region: "fra1" } };
    expect(readSettings(source(mended))).toMatchObject({
      host: { ...host, size: "s-2vcpu-4gb" },
      tls: { mode: "internal" },
      apps: [{ name: "notes", database: { at: { mode: "host" } } }],
    });
    expect(mistakesOf(source({ ...mended, extends: "none" }))[0]).toMatchObject({
      path: "slipway:extends",
      what: "there is no Pulumi.none.yaml",
    });
  });

  it("asks for the key to a machine that is there already, and refuses people on another stack's", () => {
    const existing = {
      provider: "existing",
      address: "192.0.2.7",
      hostKey: "ssh-ed25519 AAAA",
      sshFrom: ["203.0.113.0/24"],
    };
    expect(mistakesOf(source({ ...good, host: existing })).map(({ path, what }) => `${path}: ${what}`)).toEqual([
      "slipway:host.privateKey: missing: slipway:host.provider existing logs in with it",
    ]);
    const secrets = { "slipway:registry.password": "pw", "slipway:host.privateKey": "KEY" };
    expect(readSettings(source({ ...good, host: existing }, secrets))).toMatchObject({
      host: { ...existing, port: 22, user: "root", keepData: true, protect: false },
      hostPrivateKey: "KEY",
    });
    const team = { alice: "ssh-ed25519 AAAA alice" };
    const tenant = { ...good, host: { provider: "stack", stack: "main" } };
    expect(readSettings(source(tenant)).host).toEqual({ provider: "stack", stack: "main", protect: false });
    expect(mistakesOf(source({ ...tenant, team, ci: { apps: ["notes"] } })).map(({ path }) => path)).toEqual([
      "slipway:team",
      "slipway:ci",
    ]);
    const config = { "slipway:team": team, "slipway:notify": { slack: "config" } };
    writeFileSync(join(root, "Pulumi.main.yaml"), stringify({ config }));
    expect(readSettings(source({ ...tenant, extends: "main" })).host.provider).toBe("stack");
    expect(mistakesOf(source({ ...good, extends: "main" })).map(({ path }) => path)).toEqual([
      "slipway:notify.webhook",
    ]);
  });

  it("reads a whole environment into plain data", () => {
    expect(readSettings(source(good))).toEqual({
      project: "slipway",
      stack: "dev",
      host: { ...host, image: "debian-13-x64", protect: false },
      team: {},
      registry: { server: "ghcr.io", namespace: "team", username: "bot", password: "pw" },
      tls: { mode: "acme" },
      ci: { apps: [] },
      apps: [
        {
          name: "notes",
          folder: "./notes",
          compose: {
            services: [
              {
                name: "web",
                source: { build: { context: ".", dockerfile: "Dockerfile", args: {} } },
                port: 8000,
                health: "/healthz",
                release: ["python", "manage.py", "migrate", "--noinput"],
                static: { from: "/app/static", at: "/static/" },
                compose: {
                  depends_on: { db: { condition: "service_healthy", required: false } },
                  environment: { DJANGO_ALLOWED_HOSTS: "localhost" },
                },
              },
            ],
            volumes: [],
            databaseImage: "postgres:17",
          },
          routes: [{ host: "notes.example.com", process: "web" }],
          build: { args: {}, platform: "linux/amd64" },
          database: { at: { mode: "host" }, variables: {} },
          env: {},
          secrets: { SECRET_KEY: "generate" },
          replicas: {},
          resources: {},
          grants: {},
          limits: { health: 60, release: 600, drain: 30, settle: 0, watch: 5, lock: 10, wait: 900 },
          keep: 5,
          snapshot: { keep: 5, limit: 2000 },
        },
      ],
    });
  });

  it("finds every mistake in one run, each with path, value, what is allowed and how to mend it", () => {
    const mistakes = mistakesOf(
      source(
        {
          host: { provider: "digitalocean", region: "fra9", size: "s-1vcpu-2g", sshFrom: "everywhere", colour: "red" },
          team: { alice: "not a key" },
          registry: { server: "https://ghcr.io" },
          registy: "x",
          apps: {
            notes: {
              ...notes,
              routes: ["https://notes.example.com/"],
              replicas: { wbe: 2 },
              env: { STRIPE_API_KEY: "sk_live_1" },
            },
            twin: { folder: "notes", routes: ["a.example.com", "b.example.com"], secrets: { SECRET_KEY: "config" } },
            third: { folder: "notes", routes: ["b.example.com"], secrets: { SECRET_KEY: "generate" } },
            broken: { folder: "broken", routes: ["broken.example.com"] },
            bare: { folder: "bare", routes: ["bare.example.com"] },
            gone: { folder: "gone", routes: ["gone.example.com"] },
          },
          "twin.SECRET_KEY": "in clear",
        },
        {},
      ),
    );
    const lines = mistakes.map(({ path, what }) => `${path}: ${what}`);
    expect(lines).toEqual([
      'slipway:host.region: "fra9" is not allowed',
      'slipway:host.size: "s-1vcpu-2g" is not allowed',
      'slipway:host.sshFrom: "everywhere" has the wrong type',
      "slipway:host.colour: unknown key",
      'slipway:team.alice: "not a key" is not allowed',
      'slipway:registry.server: "https://ghcr.io" is not allowed',
      "slipway:registry.username: missing",
      'slipway:apps.notes.routes[0]: "https://notes.example.com/" is not allowed',
      "slipway:apps.notes.env.STRIPE_API_KEY: a secret stands here in clear",
      "slipway:apps.notes.replicas.wbe: is no process of the app",
      "slipway:twin.SECRET_KEY: a secret stands here in clear",
      expect.stringMatching(/^broken\/compose\.yaml: is not YAML: /),
      "slipway:apps.bare.routes[0]: leads to services.web, which has no port",
      "slipway:apps.bare.routes[0]: leads to services.web, which has no health path",
      'slipway:apps.gone.folder: "gone" is not a folder',
      "slipway:registy: unknown key",
      'slipway:apps.third.routes[0]: "b.example.com" is a route of app twin too',
    ]);
    expect(mistakes.find(({ path }) => path.endsWith("size"))?.mend).toBe("did you mean s-1vcpu-2gb?");
    expect(mistakes.find(({ path }) => path.endsWith("registy"))?.mend).toBe("did you mean registry?");
    expect(mistakes.find(({ path }) => path.endsWith("twin.SECRET_KEY"))?.mend).toBe(
      "pulumi config set --stack dev --secret slipway:twin.SECRET_KEY",
    );
  });

  it("names the provider that was meant, and what may stand in its keys", () => {
    expect(mistakesOf(source({ ...good, host: { ...host, provider: "lindoe" } }))).toEqual([
      {
        path: "slipway:host.provider",
        what: '"lindoe" is not allowed',
        allowed: expect.stringContaining("digitalocean, linode"),
        mend: "did you mean linode?",
      },
      {
        path: "slipway:host.region",
        what: '"fra1" is not allowed',
        allowed: "a region of Linode, e.g. eu-central, de-fra-2 or us-east",
      },
      {
        path: "slipway:host.size",
        what: '"s-1vcpu-2gb" is not allowed',
        allowed: "a type of Linode, e.g. g6-nanode-1, g6-standard-1 or g6-dedicated-2",
      },
    ]);
  });

  it("refuses a plain value under a secret's name, in the stack and in the compose file", () => {
    expect(
      mistakesOf(source({ ...good, apps: { notes: { ...notes, secrets: {}, env: { STRIPE_API_KEY: "sk" } } } })),
    ).toMatchObject([
      { path: "slipway:apps.notes.env.STRIPE_API_KEY", what: "a secret stands here in clear" },
      { path: "notes/compose.yaml: services.web.environment.SECRET_KEY", what: "a secret stands here in clear" },
    ]);
  });

  it("grants what a service asks of the machine by name, and nothing to a preview", () => {
    const asking = (grants: object, more: object = {}) =>
      source({ ...good, ...more, apps: { notes: { ...notes, folder: "asking", grants } } });
    const told = (input: ConfigSource) => mistakesOf(input).map(({ path, what }) => `${path}: ${what}`);
    const asks = 'asking/compose.yaml: services.web.cap_add: "NET_ADMIN" would give it a power of the machine\'s root';
    const grants = { web: ["cap_add=NET_ADMIN"] };
    expect(readSettings(asking(grants)).apps[0]?.grants).toEqual(grants);
    expect(told(asking({}))).toEqual([asks]);
    expect(told(asking({ ...grants, wep: ["pid"] }))).toEqual([
      "slipway:apps.notes.grants.wep: is no process of the app",
    ]);
    expect(told(asking({ web: ["cap_add", "labels", "cap-add"] }))).toEqual([
      "slipway:apps.notes.grants.web[1]: labels is no key that can be granted",
      "slipway:apps.notes.grants.web[2]: cap-add is no key that can be granted",
    ]);
    expect(told(asking(grants, { ephemeral: { pull: 7, expires: "2026-01-05T12:00:00.000Z" } }))).toEqual([asks]);
    const previews = { domain: "previews.example.com", apps: { notes: { grants } } };
    expect(told(asking(grants, { previews }))).toEqual([
      "slipway:previews.apps.notes.grants: are never a preview's: whoever opens a pull request would have them",
    ]);
  });

  it("leads nobody to what runs at its times only; to what a release stops first it does", () => {
    const routes = ["a.example.com", { host: "b.example.com", process: "nightly" }];
    const timed = { folder: "timed", routes, replicas: { nightly: 2 } };
    expect(mistakesOf(source({ ...good, apps: { timed } }))).toEqual([
      {
        path: "slipway:apps.timed.routes[1]",
        what: "leads to services.nightly, which has a schedule: nobody answers there between its runs",
        mend: "lead it to another process, or remove schedule from services.nightly.x-slipway",
      },
      {
        path: "slipway:apps.timed.replicas.nightly",
        what: "2 cannot run side by side: nightly has a schedule and runs once at a time",
        mend: "remove it",
      },
    ]);
  });

  it("takes the apps that CI may release, and refuses one that the stack doesn't have", () => {
    expect(readSettings(source({ ...good, ci: { apps: ["notes"] } })).ci).toEqual({ apps: ["notes"] });
    expect(mistakesOf(source({ ...good, ci: { apps: ["notes", "note"], key: "x" } }))).toEqual([
      { path: "slipway:ci.key", what: "unknown key", mend: "remove it or correct its name" },
    ]);
    expect(mistakesOf(source({ ...good, ci: { apps: ["notes", "note"] } }))).toEqual([
      {
        path: "slipway:ci.apps[1]",
        what: '"note" is no app of this stack',
        allowed: "notes",
        mend: "did you mean notes?",
      },
    ]);
  });

  it("tells a repository only with a token, and only of the stack whose file names it", () => {
    const values = { ...good, github: { repository: "acme/notes" } };
    expect(mistakesOf(source(values))).toMatchObject([
      { path: "github:token", mend: expect.stringContaining("pulumi config set --stack dev --secret github:token") },
    ]);
    const clear = source(values);
    expect(mistakesOf({ ...clear, values: { ...clear.values, "github:token": "t" } })).toMatchObject([
      { path: "github:token", what: "a secret stands here in clear" },
    ]);
    const environment = { ...source(values), env: { GITHUB_TOKEN: "t" } };
    expect(readSettings(environment).github).toMatchObject({ environment: "dev", token: "t" });
    const secrets = { "slipway:registry.password": "pw", "github:token": "t" };
    expect(readSettings(source(values, secrets)).github).toMatchObject({ owner: "acme", token: "t" });
    writeFileSync(join(root, "Pulumi.told.yaml"), stringify({ config: { "slipway:github": { repository: "a/b" } } }));
    const { github, ...others } = values;
    expect(readSettings(source({ ...others, extends: "told" })).github).toBeUndefined();
    expect(github).toBeDefined();
  });

  it("refuses a stack without any setting, naming what is missing", () => {
    expect(mistakesOf({ ...source({}), values: {} }).map(({ path, what }) => `${path}: ${what}`)).toEqual([
      "slipway:host: missing",
      "slipway:registry: missing",
      "slipway:apps: missing",
    ]);
  });

  it("says the stack, the count and one paragraph a mistake", () => {
    expect(
      new SettingsError("dev", [
        { path: "slipway:host.region", what: '"x" is not allowed', allowed: "fra1", mend: "write fra1" },
      ]).message,
    ).toBe(
      [
        "1 mistake in the settings of stack dev; nothing was changed",
        '  slipway:host.region: "x" is not allowed',
        "      allowed: fra1",
        "      mend: write fra1",
      ].join("\n"),
    );
  });
});
