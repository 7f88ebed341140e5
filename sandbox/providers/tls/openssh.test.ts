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

/** Read back from text, as the stand-in does: keys straight from the generator can lock up Node 20 when exported. */
const asPem = {
  privateKeyEncoding: { format: "pem", type: "pkcs8" },
  publicKeyEncoding: { format: "pem", type: "spki" },
} as const;

function expectRoundTrip(made: unknown): void {
  const { privateKey, publicKey } = made as { privateKey: string; publicKey: string };
  expect(roundTrip(createPrivateKey(privateKey))).toEqual(createPublicKey(publicKey).export({ format: "jwk" }));
}

describe("OpenSSH forms", () => {
  it("hold Ed25519 keys, whatever their bytes", () => {
    for (let i = 0; i < 600; i += 1) {
      expectRoundTrip(generateKeyPairSync("ed25519", asPem));
    }
  });

  it.each(["P-256", "P-384", "P-521"])("hold ECDSA keys on %s", (namedCurve) => {
    for (let i = 0; i < 50; i += 1) {
      expectRoundTrip(generateKeyPairSync("ec", { namedCurve, ...asPem }));
    }
  });

  it("hold RSA keys", () => {
    expectRoundTrip(generateKeyPairSync("rsa", { modulusLength: 2048, ...asPem }));
  });
});
