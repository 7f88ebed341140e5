import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { Passphrase } from "./passphrase";

const dev = parse(readFileSync("Pulumi.dev.yaml", "utf8")) as {
  encryptionsalt: string;
  config: Record<string, { secure: string }>;
};
const sealed = dev.config["slipway:registry.password"]?.secure ?? "";

it("opens what Pulumi itself encrypted, with the right passphrase only", () => {
  expect(Passphrase.of("rehearsal-only", dev.encryptionsalt)?.open(sealed)).toBe("rehearsal-only");
  expect(Passphrase.of("another", dev.encryptionsalt)).toBeUndefined();
  expect(Passphrase.of("rehearsal-only", "v2:what:ever")).toBeUndefined();
});

it("seals so that its own salt and passphrase open it, and nothing else does", () => {
  const made = Passphrase.make("rehearsal-only");
  const text = made.seal("grün und geheim");
  expect(Passphrase.of("rehearsal-only", made.salt)?.open(text)).toBe("grün und geheim");
  expect(made.open(sealed)).toBeUndefined();
  expect(made.open("v1:AAAA:AAAA")).toBeUndefined();
  expect(made.seal("grün und geheim")).not.toBe(text);
});
