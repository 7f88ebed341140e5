import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { rules } from "../policy/rules";
import { clearAppSecrets, clearProviderSecrets, hasSecretForm } from "./clearSecrets";
import { factsOf } from "./facts";
import { type AppSettings, readSettings, type Settings } from "./settings";
import { isProduction, Policies } from "./settings/policies";

const app = {
  name: "notes",
  folder: "./examples/notes",
  grants: { web: ["cap_add=NET_ADMIN"] },
  compose: {
    services: [
      { name: "web", source: { build: { context: ".", dockerfile: "Dockerfile", args: {} } }, compose: {} },
      { name: "cache", source: { image: "valkey:8" }, compose: {} },
      { name: "mail", source: { image: `mail@sha256:${"a".repeat(64)}` }, compose: {} },
    ],
    volumes: ["media"],
  },
  build: { args: {}, platform: "linux/amd64" },
  env: {},
  database: { at: { mode: "container", image: "postgres:17" }, variables: {} },
  snapshot: false,
} as unknown as AppSettings;

const settings = (host: object, rest: Partial<Settings> = {}) =>
  ({ stack: "prod", host: { protect: true, ...host }, apps: [app], ...rest }) as unknown as Settings;

describe("factsOf", () => {
  it("names variables for CI that have the form of a secret", () => {
    const github = { variables: { LEVEL: "info", HOOK: `ghp_${"a".repeat(36)}` } } as unknown as Settings["github"];
    expect(factsOf(settings({}, github ? { github } : {}), []).clear).toContain("slipway:github.variables.HOOK");
    expect(factsOf(settings({}, github ? { github } : {}), []).clear).not.toContain("slipway:github.variables.LEVEL");
  });

  it("says what the settings come to", () => {
    const host = { provider: "digitalocean", sshFrom: ["0.0.0.0/0"], volume: { size: 20 }, replace: "203.0.113.9" };
    expect(factsOf(settings(host), ["linode:token"])).toEqual({
      production: true,
      accepted: {},
      host: {
        provider: "digitalocean",
        protect: true,
        sshFrom: ["0.0.0.0/0"],
        volume: true,
        backups: false,
        replace: "203.0.113.9",
      },
      apps: {
        notes: {
          database: "container",
          snapshot: false,
          volumes: true,
          tags: {
            "examples/notes: services.cache.image": "valkey:8",
            "image of the database of notes": "postgres:17",
          },
          grants: { web: ["cap_add=NET_ADMIN"] },
        },
      },
      clear: ["linode:token"],
    });
  });

  it("asks a tenant nothing about who may log in", () => {
    const { host } = factsOf(settings({ provider: "stack", stack: "staging", protect: false }), []);
    expect(host).toEqual({ provider: "stack", protect: false, sshFrom: [], volume: false, backups: false });
  });
});

it("has nothing against the production stack that people copy", () => {
  const { config } = parse(readFileSync("Pulumi.prod.yaml", "utf8")) as { config: Record<string, unknown> };
  const values = Object.fromEntries(Object.entries(config).map(([key, value]) => [key, JSON.stringify(value)]));
  const secret = "slipway:registry.password";
  const prod = readSettings({
    project: "slipway",
    stack: "prod",
    values: { ...values, [secret]: "x" },
    isSecret: (key) => key === secret,
    root: process.cwd(),
  });
  expect(rules.flatMap((rule) => rule.ofSettings?.(factsOf(prod, [])) ?? [])).toEqual([]);
});

it.each([
  ["prod", undefined, false, true],
  ["shop-prod", undefined, false, true],
  ["production", undefined, false, true],
  ["product", undefined, false, false],
  ["staging", undefined, true, true],
  ["staging", undefined, false, false],
  ["prod", false, true, false],
  ["dev", true, false, true],
])("stack %s, asked for %s, protected %s: production %s", (stack, asked, isProtected, expected) => {
  expect(isProduction(stack, asked, isProtected)).toBe(expected);
});

it("takes a reason for each accepted rule, and no rule that there isn't", () => {
  const why = "nobody has a fixed address";
  expect(Policies.parse({ accept: { "ssh-from-anywhere": why } })).toEqual({ accept: { "ssh-from-anywhere": why } });
  expect(Policies.parse({})).toEqual({ accept: {} });
  expect(Policies.safeParse({ accept: { "ssh-from-anywhere": "ok" } }).error?.issues[0]?.message).toContain("reason");
  expect(Policies.safeParse({ accept: { ssh: why } }).error?.issues[0]).toMatchObject({
    path: ["accept", "ssh"],
    message: expect.stringContaining("database-open"),
  });
});

describe("secrets in clear", () => {
  // Put together here, so that no scanner takes this file for a leak.
  const token = (prefix: string, body: string, length: number) => `${prefix}${body.repeat(length)}`;

  it.each([
    token("ghp_", "a", 36),
    token("glpat-", "b", 20),
    token("dop_v1_", "0", 64),
    token("AKIA", "Z", 16),
    token("sk_live_", "x", 24),
    `-----BEGIN OPENSSH ${"PRIVATE"} KEY-----`,
    "postgres://shop:hunter22@db.example.com/shop",
  ])("knows %s by its form", (text) => {
    expect(hasSecretForm(`before ${text} after`)).toBe(true);
  });

  it.each([
    "postgres://db.example.com/shop",
    "postgres://shop:${DB_PASSWORD}@db/shop",
    "https://example.com:8443/path@home",
    "redis://cache:6379/0",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAvTGTMtNLlhOQ3vBdUrTxaMMWhuwDVCQ2TcgpQqkBIx",
    "a".repeat(64),
  ])("has nothing against %s", (text) => {
    expect(hasSecretForm(text)).toBe(false);
  });

  it("names the places in the settings and the compose file, and no value", () => {
    const leak = token("ghp_", "a", 36);
    const leaky = {
      ...app,
      env: { HOOK: leak, LEVEL: "info" },
      build: { args: { NPM_TOKEN: "x", BASE: "python:3.13", EMPTY_TOKEN: "" }, platform: "linux/amd64" },
      compose: {
        services: [
          {
            name: "web",
            source: { build: { context: ".", dockerfile: "Dockerfile", args: { KEY: leak } } },
            compose: { environment: { URL: leak, LEVEL: "info" }, command: ["run", leak], labels: { a: "b" } },
          },
        ],
        volumes: [],
      },
    } as unknown as AppSettings;
    const found = clearAppSecrets([leaky]);
    expect(found).toEqual([
      "slipway:apps.notes.env.HOOK",
      "slipway:apps.notes.build.args.NPM_TOKEN",
      "examples/notes: services.web.build.args.KEY",
      "examples/notes: services.web.environment.URL",
      "examples/notes: services.web.command",
    ]);
    expect(JSON.stringify(found)).not.toContain(leak);
  });

  it("finds providers' tokens that were set without --secret", () => {
    const values = { "digitalocean:token": "t", "linode:token": "t", "digitalocean:apiEndpoint": "http://127.0.0.1" };
    expect(clearProviderSecrets(values, (key) => key === "linode:token")).toEqual(["digitalocean:token"]);
  });
});
