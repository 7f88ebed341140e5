import fc from "fast-check";
import { expect, it } from "vitest";
import { Name } from "../agent/manifest";
import { nameOnHost } from "./nameOnHost";

const tenant = (stack: string) => ({ stack, host: { provider: "stack", stack: "main", protect: false } as const });

it("is the app's own name on the stack's own machine, and bears the stack's on another's", () => {
  const own = { provider: "digitalocean", region: "fra1", size: "s-1vcpu-2gb", image: "debian-13-x64" } as const;
  expect(nameOnHost({ stack: "main", host: { ...own, sshFrom: [], protect: false } }, "shop")).toBe("shop");
  expect(nameOnHost(tenant("pr-7"), "shop")).toBe("shop-pr-7");
});

it("is cut with a fingerprint where it would be too long or of other characters", () => {
  expect(nameOnHost(tenant("feature_Login"), "shop")).toMatch(/^shop-feature-login-[0-9a-f]{6}$/);
  expect(nameOnHost(tenant("a-very-long-name-of-a-branch"), "shop")).toMatch(/^shop-a-very-long-name-of-[0-9a-f]{6,}$/);
  expect(nameOnHost(tenant("Pr-7"), "shop")).not.toBe(nameOnHost(tenant("pr.7"), "shop"));
});

it("is a name whatever the stack is called, and another one for another stack", () => {
  const app = fc.stringMatching(/^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$/);
  const stack = fc.stringMatching(/^[A-Za-z0-9_.-]{1,100}$/);
  fc.assert(
    fc.property(app, stack, stack, (name, one, other) => {
      expect(Name.safeParse(nameOnHost(tenant(one), name)).success).toBe(true);
      if (one !== other) expect(nameOnHost(tenant(one), name)).not.toBe(nameOnHost(tenant(other), name));
    }),
  );
});
