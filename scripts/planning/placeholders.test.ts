import { expect, it } from "vitest";
import { withPlaceholders } from "./placeholders";

const sealing = { salt: "v1:salt", seal: (value: string) => `sealed(${value})` };
const sealed = { secure: "sealed(a-placeholder-for-a-plan-from-nothing)" };

it("every secret is a placeholder, set or not, and what asks an account is left out", () => {
  const { document, leftOut } = withPlaceholders(
    {
      secretsprovider: "awskms://key",
      encryptedkey: "x",
      config: {
        "digitalocean:token": { secure: "v1:theirs" },
        "slipway:host": { provider: "digitalocean", size: "s-1vcpu-1gb" },
        "slipway:registry": { server: "registry.example.com" },
        "slipway:notify": { slack: "config" },
        "slipway:notify.webhook": { secure: "v1:theirs" },
        "slipway:dns": { zone: "example.com" },
        "slipway:github": { repository: "acme/notes", secrets: { OTHER: "config" } },
        "slipway:github.DB_NAME": { secure: "v1:theirs" },
        "slipway:apps": { notes: { secrets: { STRIPE_KEY: "config" }, nested: [{ secure: "v1:theirs" }] } },
      },
    },
    sealing,
  );
  expect(leftOut).toEqual(["slipway:dns", "slipway:github"]);
  expect(document).toEqual({
    encryptionsalt: "v1:salt",
    config: {
      "digitalocean:token": sealed,
      "linode:token": sealed,
      "slipway:registry.password": sealed,
      "slipway:notes.STRIPE_KEY": sealed,
      "slipway:host": { provider: "digitalocean", size: "s-1vcpu-1gb" },
      "slipway:registry": { server: "registry.example.com" },
      "slipway:notify": { slack: "config" },
      "slipway:notify.webhook": {
        secure: "sealed(https://placeholder.invalid/a-placeholder-for-a-plan-from-nothing)",
      },
      "slipway:apps": { notes: { secrets: { STRIPE_KEY: "config" }, nested: [sealed] } },
    },
  });
});
