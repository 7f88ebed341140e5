import { describe, expect, it } from "vitest";
import { extend, type ReadStack } from "./extends";

const prod = {
  "digitalocean:token": { secure: "v1:x" },
  "slipway:host": {
    provider: "digitalocean",
    region: "fra1",
    size: "s-4vcpu-8gb",
    sshFrom: ["203.0.113.0/24"],
    protect: true,
  },
  "slipway:tls": { mode: "acme", email: "ops@example.com" },
  "slipway:registry.password": { secure: "v1:y" },
  "slipway:apps": {
    shop: {
      folder: "shop",
      routes: ["shop.example.com", "www.example.com"],
      env: { LEVEL: "warn", KEY: { secure: "v1:z" } },
      secrets: { STRIPE: "config" },
    },
    blog: { folder: "blog", routes: ["blog.example.com"] },
  },
};
const read: ReadStack = (stack) =>
  ({
    prod,
    staging: { "slipway:extends": "prod", "slipway:tls": { mode: "internal" } },
    loop: { "slipway:extends": "prod2" },
    prod2: { "slipway:extends": "loop" },
  })[stack];
const own = {
  "slipway:extends": "prod",
  "slipway:host": { size: "s-1vcpu-2gb", protect: false },
  "slipway:apps": { shop: { routes: ["staging.example.com"], env: { LEVEL: "debug" } }, blog: null },
  "slipway:registry.password": { secure: "v1:own" },
};

describe("extend", () => {
  it("takes over what is not said, merges mappings, replaces lists, removes with null, inherits no secret", () => {
    const { config, mistakes } = extend(own, "staging", read);
    expect(mistakes).toEqual([]);
    expect(config).toEqual({
      "slipway:extends": "prod",
      "slipway:host": { ...prod["slipway:host"], size: "s-1vcpu-2gb", protect: false },
      "slipway:tls": prod["slipway:tls"],
      "slipway:registry.password": { secure: "v1:own" },
      "slipway:apps": {
        shop: {
          folder: "shop",
          routes: ["staging.example.com"],
          env: { LEVEL: "debug" },
          secrets: { STRIPE: "config" },
        },
      },
    });
  });

  it("replaces a section of another provider or mode whole, and goes on over several stacks", () => {
    const tenant = { "slipway:extends": "staging", "slipway:host": { provider: "stack", stack: "staging" } };
    const { config } = extend(tenant, "pr-7", read);
    expect(config["slipway:host"]).toEqual({ provider: "stack", stack: "staging" });
    expect(config["slipway:tls"]).toEqual({ mode: "internal" });
    expect(config["slipway:apps"]).toMatchObject({ blog: { folder: "blog" } });
  });

  it("removes a section whose provider or mode is null, whether there is one to take over or not", () => {
    const dns = { provider: "digitalocean", zone: "example.com", create: true };
    const without = { "slipway:extends": "x", "slipway:dns": { provider: null } };
    expect(extend(without, "dev", () => ({ "slipway:dns": dns })).config["slipway:dns"]).toEqual({});
    expect(extend(without, "dev", () => ({})).config["slipway:dns"]).toEqual({});
  });

  it("tells the file that a value stands in", () => {
    const { fileOf } = extend(own, "staging", read);
    expect(fileOf("slipway:host.region")).toBe("Pulumi.prod.yaml");
    expect(fileOf("slipway:host.sshFrom[0]")).toBe("Pulumi.prod.yaml");
    expect(fileOf("slipway:host.size")).toBeUndefined();
    expect(fileOf("slipway:apps.shop.routes[0]")).toBeUndefined();
    expect(fileOf("slipway:shop.STRIPE")).toBeUndefined();
  });

  it("says what is wrong with the name of the other", () => {
    const wrong = (stack: string, base: string) =>
      extend({ "slipway:extends": base }, stack, read).mistakes.map(({ path, what }) => `${path}: ${what}`);
    expect(wrong("dev", "none")).toEqual(["slipway:extends: there is no Pulumi.none.yaml"]);
    expect(wrong("dev", "dev")).toEqual(["slipway:extends: dev leads back to itself"]);
    expect(wrong("dev", "loop")).toEqual(["Pulumi.prod2.yaml: slipway:extends: loop leads back to itself"]);
    const broken = extend({ "slipway:extends": "x" }, "dev", () => {
      throw new Error("bad indentation\nat line 2");
    });
    expect(broken.mistakes[0]?.what).toBe("Pulumi.x.yaml is not YAML: bad indentation");
  });

  it("changes nothing where no other stack is named", () => {
    const alone = { "slipway:extends": "", "slipway:host": { a: 1, b: null } };
    expect(extend(alone, "dev", read).config).toEqual(alone);
  });
});
