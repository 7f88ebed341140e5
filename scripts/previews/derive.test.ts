import { expect, it } from "vitest";
import { Previews } from "../../stacks/settings/previews";
import { derive, pullOf, stackOf } from "./derive";

const secret = (text: string) => ({ secure: `v1:${text}` });
const staging = {
  "digitalocean:token": secret("token"),
  "digitalocean:apiEndpoint": "http://127.0.0.1:8480",
  "slipway:host": {
    provider: "digitalocean",
    region: "fra1",
    size: "s-1vcpu-2gb",
    sshFrom: ["10.0.0.0/8"],
    protect: true,
    volume: { size: 20 },
  },
  "slipway:team": { alice: "ssh-ed25519 AAAA alice" },
  "slipway:ci": { apps: ["shop"] },
  "slipway:registry": { server: "ghcr.io", namespace: "acme", username: "bot" },
  "slipway:registry.password": secret("password"),
  "slipway:tls": { mode: "acme", email: "ops@example.com" },
  "slipway:dns": { provider: "digitalocean", zone: "example.com", create: true, wildcard: ["previews.example.com"] },
  "slipway:database": { mode: "managed", size: "db-s-1vcpu-1gb", variables: { SQL_HOST: "host" } },
  "slipway:previews": { domain: "previews.example.com" },
  "slipway:shop.STRIPE_KEY": secret("stripe"),
  "slipway:apps": {
    shop: {
      folder: "shop",
      routes: ["staging.example.com", { host: "blog.staging.example.com", path: "/shop" }],
      replicas: { web: 3 },
      env: {
        HOSTS: "staging.example.com,blog.staging.example.com,my-staging.example.com,staging.example.com.test",
        ORIGIN: "https://staging.example.com",
        WORKERS: 2,
      },
      secrets: { SECRET_KEY: "generate", STRIPE_KEY: "config" },
      limits: { health: 90, drain: 60 },
      delivery: { every: 60 },
      grants: { web: ["privileged"] },
    },
    blog: { folder: "blog", routes: ["blog.staging.example.com"], database: { mode: "container" } },
  },
};
const order = { base: "staging", config: staging, pull: 7, expires: "2026-01-05T12:00:00.000Z" };
const previews = (more: object = {}) =>
  Previews.parse({ domain: "previews.example.com", secrets: { "shop.STRIPE_KEY": "share" }, ...more });

it("makes a tenant of it: its own names, database and secrets, limits, and nothing that is the other stack's", () => {
  expect(derive({ ...order, previews: previews() })).toEqual({
    mistakes: [],
    config: {
      "slipway:host": { provider: "stack", stack: "staging", protect: false },
      "slipway:registry": staging["slipway:registry"],
      "slipway:registry.password": secret("password"),
      "slipway:tls": staging["slipway:tls"],
      "slipway:database": { mode: "host", variables: { SQL_HOST: "host" } },
      "slipway:shop.STRIPE_KEY": secret("stripe"),
      "slipway:ephemeral": { pull: 7, expires: "2026-01-05T12:00:00.000Z" },
      "slipway:apps": {
        shop: {
          folder: "shop",
          routes: ["pr-7.previews.example.com", { host: "pr-7-blog.previews.example.com", path: "/shop" }],
          env: {
            HOSTS:
              "pr-7.previews.example.com,pr-7-blog.previews.example.com,my-staging.example.com,staging.example.com.test",
            ORIGIN: "https://pr-7.previews.example.com",
            WORKERS: 2,
          },
          secrets: { SECRET_KEY: "generate", STRIPE_KEY: "config" },
          limits: { health: 90, drain: 5, watch: 1 },
          resources: { "*": { memory: 512, cpus: 0.5 } },
          keep: 2,
          snapshot: false,
        },
        blog: {
          folder: "blog",
          routes: ["pr-7-blog.previews.example.com"],
          database: { mode: "container" },
          limits: { drain: 5, watch: 1 },
          resources: { "*": { memory: 512, cpus: 0.5 } },
          keep: 2,
          snapshot: false,
        },
      },
    },
  });
});

it("bears the mark of the stack that it is modelled on, which outlives it", () => {
  const ephemeral = (mark?: string) => derive({ ...order, previews: previews(), mark }).config["slipway:ephemeral"];
  expect(ephemeral("0123456789ab")).toMatchObject({ mark: "0123456789ab" });
  expect(ephemeral()).not.toHaveProperty("mark");
});

it("makes a machine like it where each has its own, without its volume, its protection and any limits that nobody asked for", () => {
  const own = derive({ ...order, previews: previews({ machine: "own", size: "s-1vcpu-1gb", cpus: 1 }) });
  expect(own.config["slipway:host"]).toEqual({
    provider: "digitalocean",
    region: "fra1",
    size: "s-1vcpu-1gb",
    sshFrom: ["10.0.0.0/8"],
    protect: false,
  });
  expect(own.config["slipway:dns"]).toEqual({
    provider: "digitalocean",
    zone: "example.com",
    create: false,
    wildcard: [],
  });
  expect(own.config["slipway:team"]).toEqual(staging["slipway:team"]);
  expect(own.config["digitalocean:token"]).toEqual(secret("token"));
  expect(own.config["slipway:apps"]).toMatchObject({ shop: { resources: { "*": { cpus: 1 } } } });
});

it("sets records on a shared machine where no wildcard leads there, and only in the stack's own zone", () => {
  const bare = { ...staging, "slipway:dns": { provider: "digitalocean", zone: "example.com" } };
  const dns = (config: object, domain: string) =>
    derive({ ...order, config: { ...staging, ...config }, previews: previews({ domain }) }).config["slipway:dns"];
  expect(dns(bare, "previews.example.com")).toMatchObject({ zone: "example.com", create: false });
  expect(dns(bare, "previews.example.org")).toBeUndefined();
  expect(dns({}, "other.example.com")).toMatchObject({ zone: "example.com", create: false });
});

it("is a tenant of the same machine where the other stack is a tenant itself", () => {
  const config = { ...staging, "slipway:host": { provider: "stack", stack: "acme/infra" } };
  expect(derive({ ...order, config, previews: previews() }).config["slipway:host"]).toMatchObject({
    stack: "acme/infra",
  });
});

it("lays what is said of an app over the stack's, and leaves out one that is null", () => {
  const apps = { shop: { env: { DEBUG: "1" }, resources: { web: { memory: 1024 } } }, blog: null };
  const { config } = derive({ ...order, previews: previews({ apps }) });
  expect(config["slipway:apps"]).toMatchObject({
    shop: { env: { DEBUG: "1", WORKERS: 2 }, resources: { "*": { memory: 512 }, web: { memory: 1024 } } },
  });
  expect(Object.keys(config["slipway:apps"] as object)).toEqual(["shop"]);
});

it("names the app whose data is copied as it is called on the machine", () => {
  const seed = { shop: { copy: true, scrub: "scrub.sql" }, blog: { command: ["fill"] } };
  const seeds = (host: object) =>
    derive({ ...order, config: { ...staging, "slipway:host": host }, previews: previews({ seed }) }).config[
      "slipway:ephemeral"
    ];
  expect(seeds(staging["slipway:host"])).toMatchObject({
    seed: { shop: { copy: "shop", scrub: "scrub.sql" }, blog: { command: ["fill"] } },
  });
  expect(seeds({ provider: "stack", stack: "infra" })).toMatchObject({ seed: { shop: { copy: "shop-staging" } } });
});

it("shares no secret of the stack's that nobody named", () => {
  const { config, mistakes } = derive({ ...order, previews: previews({ secrets: {} }) });
  expect(config).not.toHaveProperty("slipway:shop.STRIPE_KEY");
  expect(mistakes.map(({ path }) => path)).toEqual(["slipway:previews.secrets.shop.STRIPE_KEY"]);
  const made = derive({ ...order, previews: previews({ secrets: { "shop.STRIPE_KEY": "generate" } }) });
  expect(made.mistakes).toEqual([]);
  expect(made.config["slipway:apps"]).toMatchObject({ shop: { secrets: { STRIPE_KEY: "generate" } } });
});

it("knows a pull request's stack by its name", () => {
  expect(pullOf(stackOf(12))).toBe(12);
  expect(["pr-0", "pr-07", "pr-", "pr-7-x", "staging"].map(pullOf)).toEqual(Array(5).fill(undefined));
});
