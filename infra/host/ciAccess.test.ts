import { expect, it } from "vitest";
import { gateLine, knownHosts } from "./ciAccess";

it("lets CI's key through to the gate only", () => {
  expect(gateLine(["notes", "shop"], "ssh-ed25519 AAAA\n")).toBe(
    'restrict,command="/usr/local/bin/slipway gate --apps notes,shop" ssh-ed25519 AAAA slipway-ci',
  );
});

it("says the host's key as ssh reads it", () => {
  expect(knownHosts("192.0.2.7", "ssh-ed25519 HOST\n")).toBe("192.0.2.7 ssh-ed25519 HOST\n");
  expect(knownHosts("192.0.2.7", "ssh-ed25519 HOST", 2222)).toBe("[192.0.2.7]:2222 ssh-ed25519 HOST\n");
});
