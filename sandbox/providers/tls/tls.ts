/** The `tls` plugin's stand-in: private keys. */
import { createHash, createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import type { Failure, Made, Plugin, Resource } from "../resource";
import type { Properties } from "../wire";
import { privateText, publicBlob } from "./openssh";

/** Curves by the plugin's names. */
const curves = { P224: "secp224r1", P256: "P-256", P384: "P-384", P521: "P-521" } as const;
type Curve = keyof typeof curves;

const algorithms = ["RSA", "ECDSA", "ED25519"];

function mistakes({ algorithm, ecdsaCurve, rsaBits }: Properties): Failure[] {
  if (!algorithms.includes(String(algorithm))) {
    return [
      { property: "algorithm", reason: `algorithm is ${JSON.stringify(algorithm)}; allowed: ${algorithms.join(", ")}` },
    ];
  }
  if (ecdsaCurve !== undefined && !(String(ecdsaCurve) in curves)) {
    const allowed = Object.keys(curves).join(", ");
    return [{ property: "ecdsaCurve", reason: `ecdsaCurve is ${JSON.stringify(ecdsaCurve)}; allowed: ${allowed}` }];
  }
  if (rsaBits !== undefined && !(Number.isInteger(rsaBits) && Number(rsaBits) >= 1024)) {
    return [
      {
        property: "rsaBits",
        reason: `rsaBits is ${JSON.stringify(rsaBits)}; allowed: a whole number of at least 1024`,
      },
    ];
  }
  return [];
}

/** How a new key leaves the generator. */
const asPem = {
  privateKeyEncoding: { format: "pem", type: "pkcs8" },
  publicKeyEncoding: { format: "pem", type: "spki" },
} as const;

/**
 * A new key. It is read back from text: a key straight from the generator can lock up Node 20 when it is exported as JWK
 * while the generator's own job is collected.
 */
async function generate(algorithm: string, curve: Curve, rsaBits: number): Promise<KeyObject> {
  // The types know the form of the result only for literal options.
  const made: unknown = await generatePem(algorithm, curve, rsaBits);
  return createPrivateKey((made as { privateKey: string }).privateKey);
}

function generatePem(algorithm: string, curve: Curve, rsaBits: number): Promise<unknown> {
  const make = promisify(generateKeyPair);
  switch (algorithm) {
    case "RSA":
      return make("rsa", { modulusLength: rsaBits, ...asPem });
    case "ECDSA":
      return make("ec", { namedCurve: curves[curve], ...asPem });
    default:
      return make("ed25519", asPem);
  }
}

/** The key in the form its algorithm had before PKCS #8; an Ed25519 key never had another. */
function traditionalPem(key: KeyObject): string {
  const type = key.asymmetricKeyType === "rsa" ? "pkcs1" : key.asymmetricKeyType === "ec" ? "sec1" : "pkcs8";
  return key.export({ format: "pem", type }) as string;
}

/** The OpenSSH forms: one line as in `authorized_keys`, without a comment, its fingerprints, and the private key. */
function opensshForms(key: KeyObject): Properties {
  const { type, blob } = publicBlob(key);
  const md5 = createHash("md5").update(blob).digest("hex").match(/../g)?.join(":") ?? "";
  const sha256 = createHash("sha256").update(blob).digest("base64").replace(/=+$/, "");
  return {
    privateKeyOpenssh: privateText(key),
    publicKeyOpenssh: `${type} ${blob.toString("base64")}\n`,
    publicKeyFingerprintMd5: md5,
    publicKeyFingerprintSha256: `SHA256:${sha256}`,
  };
}

/** What a key has instead that OpenSSH doesn't know. */
const noForms = {
  privateKeyOpenssh: "",
  publicKeyOpenssh: "",
  publicKeyFingerprintMd5: "",
  publicKeyFingerprintSha256: "",
};

const defaults = { ecdsaCurve: "P224", rsaBits: 2048 };

const privateKey: Resource = {
  required: ["algorithm"],
  replaceOn: ["algorithm", "ecdsaCurve", "rsaBits"],
  computed: [
    "privateKeyOpenssh",
    "privateKeyPem",
    "privateKeyPemPkcs8",
    "publicKeyFingerprintMd5",
    "publicKeyFingerprintSha256",
    "publicKeyOpenssh",
    "publicKeyPem",
  ],
  secrets: ["privateKeyOpenssh", "privateKeyPem", "privateKeyPemPkcs8"],
  defaults,
  compare: "state",
  mistakes,
  async create(inputs): Promise<Made> {
    const settings = { ...defaults, ...inputs } as { algorithm: string; ecdsaCurve: Curve; rsaBits: number };
    const key = await generate(settings.algorithm, settings.ecdsaCurve, settings.rsaBits);
    const hasForms = settings.algorithm !== "ECDSA" || settings.ecdsaCurve !== "P224";
    const publicKeyPem = createPublicKey(key).export({ format: "pem", type: "spki" }) as string;
    return {
      id: createHash("sha1").update(publicKeyPem).digest("hex"),
      outputs: {
        ...settings,
        privateKeyPem: traditionalPem(key),
        privateKeyPemPkcs8: key.export({ format: "pem", type: "pkcs8" }) as string,
        ...(hasForms ? opensshForms(key) : noForms),
        publicKeyPem,
      },
    };
  },
};

/** @see Plugin */
export const tls: Plugin = { name: "tls", resources: { "tls:index/privateKey:PrivateKey": privateKey } };
