import { expect, it } from "vitest";
import { redact } from "./redact";

it("takes out what secret variables hold, the longest first, and nothing else", () => {
  const env = {
    PULUMI_CONFIG_PASSPHRASE: "correct horse",
    DIGITALOCEAN_TOKEN: "correct horse battery",
    GITHUB_ACTOR: "ana.somebody",
    SLIPWAY_KEY: "abc",
    EMPTY_TOKEN: "",
  };
  expect(redact("401: correct horse battery, not correct horse, by ana.somebody abc", env)).toBe(
    "401: [secret], not [secret], by ana.somebody abc",
  );
});
