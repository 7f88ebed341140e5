import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import ssh2 from "ssh2";
import { describe, expect, it } from "vitest";
import { privateText, publicBlob } from "./openssh";

/** What ssh2's own parser, which follows OpenSSH's, makes of a key. */
function roundTrip(key: KeyObject): unknown {
  const parsed = ssh2.utils.parseKey(privateText(key));
  if (parsed instanceof Error) throw parsed;
  expect(parsed.getPublicSSH()).toEqual(publicBlob(key).blob);
  return createPublicKey(createPrivateKey(parsed.getPrivatePEM())).export({ format: "jwk" });
}

describe("OpenSSH forms", () => {
  it("hold Ed25519 keys, whatever their bytes", () => {
    for (let i = 0; i < 600; i += 1) {
      const { privateKey, publicKey } = generateKeyPairSync("ed25519");
      expect(roundTrip(privateKey)).toEqual(publicKey.export({ format: "jwk" }));
    }
  });

  it.each(["P-256", "P-384", "P-521"])("hold ECDSA keys on %s", (namedCurve) => {
    for (let i = 0; i < 50; i += 1) {
      const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve });
      expect(roundTrip(privateKey)).toEqual(publicKey.export({ format: "jwk" }));
    }
  });

  it("hold RSA keys", () => {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    expect(roundTrip(privateKey)).toEqual(publicKey.export({ format: "jwk" }));
  });
});
