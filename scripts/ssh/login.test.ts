import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ssh2 from "ssh2";
import { afterAll, expect, it } from "vitest";
import { loginsOf } from "./login";

const folder = mkdtempSync(join(tmpdir(), "slipway-login-"));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

it("takes a person's agent before the stack's own key, and a key that is named before all", () => {
  const { private: text } = ssh2.utils.generateKeyPairSync("ed25519");
  const path = file("id", text);
  const own = { name: "the stack's own key", config: { privateKey: "DEPLOY" } };
  expect(loginsOf({}, "DEPLOY")).toEqual([own]);
  expect(loginsOf({ SSH_AUTH_SOCK: "/agent" }, "DEPLOY")).toEqual([
    { name: "the keys of your ssh-agent", config: { agent: "/agent" } },
    own,
  ]);
  expect(loginsOf({ SSH_AUTH_SOCK: "/agent", SLIPWAY_SSH_KEY: path }, "DEPLOY")).toEqual([
    { name: `the key in ${path}`, config: { privateKey: text } },
  ]);
});

it("says what is wrong with a key, and what to do", () => {
  const pair = ssh2.utils.generateKeyPairSync("ed25519");
  const locked = ssh2.utils.generateKeyPairSync("ed25519", { passphrase: "x", cipher: "aes256-cbc", rounds: 1 });
  const told = (path: string) => () => loginsOf({ SLIPWAY_SSH_KEY: path }, "DEPLOY");
  expect(told(join(folder, "none"))).toThrow("SLIPWAY_SSH_KEY: ENOENT");
  expect(told(file("id.pub", pair.public))).toThrow("is a public key; name the private one beside it");
  expect(told(file("locked", locked.private))).toThrow("load it into your ssh-agent instead: ssh-add");
  expect(told(file("text", "hello"))).toThrow("is no private key");
  expect(() => loginsOf({}, undefined)).toThrow("there is no key to log in with");
});
