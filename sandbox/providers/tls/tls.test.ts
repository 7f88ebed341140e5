import { createPrivateKey, createPublicKey } from "node:crypto";
import ssh2 from "ssh2";
import { describe, expect, it } from "vitest";
import { driver } from "../testing";
import { tls } from "./tls";

const key = driver(tls, "tls:index/privateKey:PrivateKey");

describe("PrivateKey", () => {
  it.each([
    [{ algorithm: "ED25519" }, "ssh-ed25519", "-----BEGIN PRIVATE KEY-----"],
    [{ algorithm: "RSA", rsaBits: 2048 }, "ssh-rsa", "-----BEGIN RSA PRIVATE KEY-----"],
    [{ algorithm: "ECDSA", ecdsaCurve: "P256" }, "ecdsa-sha2-nistp256", "-----BEGIN EC PRIVATE KEY-----"],
    [{ algorithm: "ECDSA", ecdsaCurve: "P384" }, "ecdsa-sha2-nistp384", "-----BEGIN EC PRIVATE KEY-----"],
  ])("%j is one key in all its forms", async (inputs, type, pemHead) => {
    const { id, outputs } = await key.create(inputs);
    const texts = outputs as Record<string, string>;
    expect(id).toMatch(/^[0-9a-f]{40}$/);
    expect(texts.privateKeyPem?.startsWith(`${pemHead}\n`)).toBe(true);
    expect(texts.privateKeyPemPkcs8?.startsWith("-----BEGIN PRIVATE KEY-----\n")).toBe(true);
    const publics = [texts.privateKeyPem, texts.privateKeyPemPkcs8].map((pem) =>
      createPublicKey(createPrivateKey(pem as string)).export({ format: "pem", type: "spki" }),
    );
    expect(publics).toEqual([texts.publicKeyPem, texts.publicKeyPem]);
    const parsed = ssh2.utils.parseKey(texts.privateKeyOpenssh as string);
    if (parsed instanceof Error) throw parsed;
    expect(texts.publicKeyOpenssh).toBe(`${type} ${parsed.getPublicSSH().toString("base64")}\n`);
    expect(texts.publicKeyFingerprintSha256).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
    expect(texts.publicKeyFingerprintMd5).toMatch(/^([0-9a-f]{2}:){15}[0-9a-f]{2}$/);
  });

  it("has no OpenSSH form on a curve that OpenSSH doesn't know", async () => {
    const { outputs } = await key.create({ algorithm: "ECDSA" });
    expect(outputs).toMatchObject({
      ecdsaCurve: "P224",
      privateKeyOpenssh: "",
      publicKeyOpenssh: "",
      publicKeyFingerprintMd5: "",
    });
  });

  it("stays with a default spelled out, and is made anew with another setting", async () => {
    const held = await key.create({ algorithm: "ED25519" });
    expect(key.diff(held, { algorithm: "ED25519", rsaBits: 2048, ecdsaCurve: "P224" }).parts).toEqual({});
    expect(key.diff(held, { algorithm: "ECDSA", ecdsaCurve: "P256" }).replaces).toEqual(["algorithm", "ecdsaCurve"]);
  });

  it("keeps every private form secret", () => {
    expect(key.resource.secrets).toEqual(["privateKeyOpenssh", "privateKeyPem", "privateKeyPemPkcs8"]);
  });

  it("names the algorithms and curves there are", () => {
    expect(() => key.check({}, { algorithm: "DSA" })).toThrow('algorithm is "DSA"; allowed: RSA, ECDSA, ED25519');
    expect(() => key.check({}, { algorithm: "ECDSA", ecdsaCurve: "P1" })).toThrow(
      'ecdsaCurve is "P1"; allowed: P224, P256, P384, P521',
    );
  });
});
