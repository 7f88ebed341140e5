import { expect, it } from "vitest";
import { redact } from "./redact";

it("takes out what secret variables hold in any form, and nothing else", () => {
  const env = {
    PULUMI_CONFIG_PASSPHRASE: "correct horse",
    DIGITALOCEAN_TOKEN: "correct horse battery",
    DATABASE_URL: "postgres://app:hunter2@db/app",
    GITHUB_ACTOR: "ana.somebody",
    SLIPWAY_KEY: "abc",
    USE_TOKEN: "true",
    EMPTY_TOKEN: "",
  };
  expect(redact("401: correct horse battery, not correct%20horse, by ana.somebody abc; true, abcd hunter2", env)).toBe(
    "401: ***, not ***, by ana.somebody ***; true, abcd ***",
  );
  expect(redact(`Basic ${btoa("correct horse")}`, env)).toBe("Basic ***==");
});
