import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { currentSlot } from "../stack/slot";
import { derive, type Offer, type StackDocument, secretsAskedFor } from "./derive";

const offer: Offer = {
  slot: currentSlot({ SLIPWAY_SANDBOX_SLOT: "3" }),
  salt: "v1:SALT",
  seal: (value) => `sealed ${value}`,
  open: () => undefined,
  standIn: (key) => `for ${key}`,
  buildArguments: {},
};
const prod = parse(readFileSync("Pulumi.prod.yaml", "utf8")) as StackDocument;
const told = ({ replaced }: { replaced: readonly { setting: string; now: string }[] }) =>
  Object.fromEntries(replaced.map(({ setting, now }) => [setting, now]));

describe("derive", () => {
  it("leads the committed prod stack to the sandbox, and leaves the rest of it as it is", () => {
    const before = structuredClone(prod);
    const { config: own = {} } = prod;
    const derived = derive(prod, {
      ...offer,
      buildArguments: { notes: { BASE: "slipway-sandbox/python:3.13" } },
    });
    expect(derived.document).toEqual({
      encryptionsalt: "v1:SALT",
      config: {
        ...own,
        "digitalocean:apiEndpoint": "http://127.0.0.1:8510",
        "linode:url": "http://127.0.0.1:8510",
        "slipway:host": {
          ...(own["slipway:host"] as object),
          sshFrom: ["203.0.113.0/24", "10.213.3.1/32"],
          protect: false,
        },
        "slipway:registry": { server: "10.213.3.2:5000", namespace: "example", username: "slipway" },
        "slipway:registry.password": { secure: "sealed rehearsal-only" },
        "slipway:tls": { mode: "internal" },
        "slipway:apps": {
          notes: {
            ...(own["slipway:apps"] as { notes: object }).notes,
            build: { args: { BASE: "slipway-sandbox/python:3.13" } },
          },
        },
      },
    });
    expect(prod).toEqual(before);
    expect(Object.keys(told(derived))).toEqual([
      "digitalocean:apiEndpoint, linode:url",
      "slipway:host.protect",
      "slipway:host.sshFrom",
      "slipway:registry",
      "slipway:tls",
      "slipway:apps.notes.build.args.BASE",
    ]);
  });

  it("keeps every secret a secret, with a stand-in, however deep it stands or whether it is set yet", () => {
    const derived = derive(
      {
        secretsprovider: "awskms://alias/team",
        encryptedkey: "AAAA",
        environment: ["team/prod"],
        config: {
          "digitalocean:token": { secure: "v1:a:a" },
          "linode:token": "in clear",
          "slipway:host": { provider: "digitalocean" },
          "slipway:registry": { server: "ghcr.io", username: "bot", pull: { username: "reader" } },
          "slipway:registry.password": { secure: "v1:b:b" },
          "slipway:tls": { mode: "off" },
          "slipway:apps": {
            shop: {
              env: { PLAIN: "x", DEEP: { secure: "v1:c:c" } },
              secrets: { STRIPE: "config", MAIL: "config", KEY: "generate" },
            },
          },
          "slipway:shop.STRIPE": { secure: "v1:d:d" },
        },
      },
      offer,
    );
    expect(derived.document).toEqual({
      encryptionsalt: "v1:SALT",
      config: {
        "digitalocean:apiEndpoint": "http://127.0.0.1:8510",
        "digitalocean:token": { secure: "sealed sandbox" },
        "linode:url": "http://127.0.0.1:8510",
        "linode:token": { secure: "sealed sandbox" },
        "slipway:host": { provider: "digitalocean" },
        "slipway:registry": { server: "10.213.3.2:5000", username: "slipway", pull: { username: "slipway" } },
        "slipway:registry.password": { secure: "sealed rehearsal-only" },
        "slipway:registry.pullPassword": { secure: "sealed rehearsal-only" },
        "slipway:tls": { mode: "off" },
        "slipway:apps": {
          shop: {
            env: { PLAIN: "x", DEEP: { secure: "sealed for slipway:apps.shop.env.DEEP" } },
            secrets: { STRIPE: "config", MAIL: "config", KEY: "generate" },
          },
        },
        "slipway:shop.STRIPE": { secure: "sealed for slipway:shop.STRIPE" },
        "slipway:shop.MAIL": { secure: "sealed for slipway:shop.MAIL" },
      },
    });
    expect(told(derived)["slipway:apps.shop.env.DEEP, slipway:shop.STRIPE, slipway:shop.MAIL"]).toBe(
      "a stand-in made for the rehearsal",
    );
  });

  it("takes the stack's own values where it may, never its tokens and logins", () => {
    const { document, replaced } = derive(
      {
        config: {
          "digitalocean:token": { secure: "real token" },
          "slipway:registry": {},
          "slipway:registry.password": { secure: "real password" },
          "slipway:shop.STRIPE": { secure: "own" },
          "slipway:tls": { mode: "internal" },
        },
      },
      { ...offer, open: (sealed) => `opened ${sealed}` },
    );
    expect(document.config?.["slipway:shop.STRIPE"]).toEqual({ secure: "sealed opened own" });
    expect(JSON.stringify(document)).not.toContain("real");
    expect(told({ replaced })["slipway:shop.STRIPE"]).toBe("the stack's own value, as asked");
  });

  it("takes a bare machine for one that is there already, with a key of its own", () => {
    const machine = { address: "10.213.3.10", port: 22, user: "root", hostKey: "ssh-ed25519 AAAA", privateKey: "KEY" };
    const host = { provider: "existing", address: "192.0.2.7", port: 2222, user: "ops", hostKey: "x", sshFrom: [] };
    const derived = derive({ config: { "slipway:host": { ...host, keepData: true } } }, { ...offer, machine });
    expect(derived.document.config).toMatchObject({
      "slipway:host": {
        provider: "existing",
        address: "10.213.3.10",
        port: 22,
        user: "root",
        hostKey: "ssh-ed25519 AAAA",
        keepData: true,
        sshFrom: ["10.213.3.1/32"],
      },
      "slipway:host.privateKey": { secure: "sealed KEY" },
    });
    expect(JSON.stringify(derived.replaced)).not.toContain("KEY");
  });

  it("leads a tenant to the other stack's rehearsal, which makes the zone if it is its own", () => {
    const config = {
      "slipway:host": { provider: "stack", stack: "acme/slipway/staging" },
      "slipway:dns": { provider: "linode", zone: "example.com" },
    };
    const at = (zones: string[]) =>
      derive({ config }, { ...offer, owner: { stack: "staging", zones } }).document.config;
    expect(at(["linode example.com"])).toMatchObject({
      "slipway:host": { provider: "stack", stack: "staging" },
      "slipway:dns": config["slipway:dns"],
    });
    expect(at(["digitalocean example.com"])?.["slipway:dns"]).toMatchObject({ create: true });
  });

  it("tells the sandbox's GitHub, with a token of its own and stand-ins for what only CI knows", () => {
    const config = {
      "github:token": { secure: "v1:TOKEN" },
      "slipway:github": { repository: "acme/notes", secrets: { A: "notes.SECRET_KEY", B: "config" } },
    };
    const derived = derive({ config }, offer);
    expect(derived.document.config).toMatchObject({
      "github:baseUrl": "http://127.0.0.1:8510/",
      "github:token": { secure: "sealed sandbox" },
      "slipway:github.B": { secure: "sealed for slipway:github.B" },
    });
    expect(told(derived)).toHaveProperty("github:baseUrl");
    expect(derive({ config: {} }, offer).document.config).not.toHaveProperty("github:baseUrl");
  });

  it("tells nobody of what happens in it", () => {
    const config = {
      "slipway:notify": { slack: "config", email: { to: ["ops@example.com"], username: "robot" } },
      "slipway:notify.webhook": { secure: "v1:HOOK" },
      "slipway:notify.smtpPassword": { secure: "v1:PASSWORD" },
    };
    const derived = derive({ config }, { ...offer, open: () => "own" });
    expect(Object.keys(derived.document.config ?? {}).filter((key) => key.includes("notify"))).toEqual([]);
    expect(told(derived)).toHaveProperty("slipway:notify");
  });

  it("never touches a database elsewhere, and makes the zone", () => {
    const { document } = derive(
      {
        config: {
          "slipway:database": { mode: "external" },
          "slipway:dns": { provider: "linode", zone: "example.com" },
          "slipway:tls": { mode: "off" },
          "slipway:apps": { shop: { database: { mode: "external", variables: { URL: "url" } } } },
        },
      },
      offer,
    );
    expect(document.config).toMatchObject({
      "slipway:database": { mode: "host" },
      "slipway:dns": { provider: "linode", zone: "example.com", create: true },
      "slipway:apps": { shop: { database: { mode: "host", variables: { URL: "url" } } } },
    });
  });
});

it("knows which secrets a stack asks for", () => {
  expect(secretsAskedFor(prod.config ?? {})).toEqual(["slipway:registry.password"]);
  const notify = { slack: "config", email: { to: ["ops@example.com"], username: "robot" } };
  expect(secretsAskedFor({ "slipway:notify": notify })).toEqual([
    "slipway:registry.password",
    "slipway:notify.webhook",
    "slipway:notify.smtpPassword",
  ]);
});
