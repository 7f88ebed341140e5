/** The `tls` plugin's stand-in: private keys. */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import ssh2 from "ssh2";
import type { Failure, Made, Plugin, Resource } from "../resource";
import type { Properties } from "../wire";

/** Curves by the plugin's names; OpenSSH has no form for a P224 key. */
const curves = { P224: undefined, P256: 256, P384: 384, P521: 521 } as const;
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

/** A new key and its OpenSSH form, which is empty where OpenSSH has none. */
function generate(algorithm: string, curve: Curve, rsaBits: number): { key: KeyObject; openssh: string } {
  if (algorithm === "ECDSA" && curves[curve] === undefined) {
    return { key: generateKeyPairSync("ec", { namedCurve: "secp224r1" }).privateKey, openssh: "" };
  }
  const { generateKeyPairSync: generateSsh, parseKey } = ssh2.utils;
  const pair =
    algorithm === "RSA"
      ? generateSsh("rsa", { bits: rsaBits })
      : algorithm === "ECDSA"
        ? generateSsh("ecdsa", { bits: curves[curve] as 256 | 384 | 521 })
        : generateSsh("ed25519");
  const parsed = parseKey(pair.private);
  if (parsed instanceof Error) throw parsed;
  return { key: createPrivateKey(parsed.getPrivatePEM()), openssh: pair.private };
}

/** The key in the form its algorithm had before PKCS #8; an Ed25519 key never had another. */
function traditionalPem(key: KeyObject): string {
  const type = key.asymmetricKeyType === "rsa" ? "pkcs1" : key.asymmetricKeyType === "ec" ? "sec1" : "pkcs8";
  return key.export({ format: "pem", type }) as string;
}

/** One line as in `authorized_keys`, without a comment, and its fingerprints. */
function sshPublic(openssh: string): Properties {
  if (openssh === "") return { publicKeyOpenssh: "", publicKeyFingerprintMd5: "", publicKeyFingerprintSha256: "" };
  const parsed = ssh2.utils.parseKey(openssh);
  if (parsed instanceof Error) throw parsed;
  const blob = parsed.getPublicSSH();
  const md5 = createHash("md5").update(blob).digest("hex").match(/../g)?.join(":") ?? "";
  const sha256 = createHash("sha256").update(blob).digest("base64").replace(/=+$/, "");
  return {
    publicKeyOpenssh: `${parsed.type} ${blob.toString("base64")}\n`,
    publicKeyFingerprintMd5: md5,
    publicKeyFingerprintSha256: `SHA256:${sha256}`,
  };
}

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
    const { key, openssh } = generate(settings.algorithm, settings.ecdsaCurve, settings.rsaBits);
    const publicKeyPem = createPublicKey(key).export({ format: "pem", type: "spki" }) as string;
    return {
      id: createHash("sha1").update(publicKeyPem).digest("hex"),
      outputs: {
        ...settings,
        privateKeyOpenssh: openssh,
        privateKeyPem: traditionalPem(key),
        privateKeyPemPkcs8: key.export({ format: "pem", type: "pkcs8" }) as string,
        ...sshPublic(openssh),
        publicKeyPem,
      },
    };
  },
};

/** @see Plugin */
export const tls: Plugin = { name: "tls", resources: { "tls:index/privateKey:PrivateKey": privateKey } };
