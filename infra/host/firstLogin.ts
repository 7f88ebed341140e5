import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { markOf } from "../mark";
import type { HostConnection } from "../ssh/remoteScript";
import { cloudInit } from "./cloudInit";

/** Attempts to connect to a machine that boots: about five minutes with the plugin's growing pauses. */
const bootAttempts = 60;

/** The two keys of a machine's first login, made in the stack before there is a machine. */
export interface FirstLogin {
  /** Public half of the stack's own key for `deploy`, OpenSSH form. */
  readonly deployKey: pulumi.Output<string>;
  /** What the stack marks as its own; see `../mark.ts`. */
  readonly mark: pulumi.Output<string>;
  /** What the machine's first boot is told. A secret: it holds the host key of first contact. */
  readonly userData: pulumi.Output<string>;
  /** The connection of first contact with a machine at an address. */
  connectionTo(address: pulumi.Input<string>): pulumi.Output<HostConnection>;
}

/**
 * Makes the stack's key for `deploy` and the host key of first contact, so that the very first connection is to the right machine.
 * @param opts of the two keys; they belong to the machine's component
 */
export function firstLogin(name: string, opts: pulumi.CustomResourceOptions): FirstLogin {
  const login = new tls.PrivateKey(`${name}-login`, { algorithm: "ED25519" }, opts);
  const hostKey = new tls.PrivateKey(`${name}-host-key`, { algorithm: "ECDSA", ecdsaCurve: "P256" }, opts);
  return {
    deployKey: login.publicKeyOpenssh.apply((key) => key.trim()),
    mark: pulumi.unsecret(login.privateKeyOpenssh.apply(markOf)),
    userData: pulumi
      .all([hostKey.privateKeyOpenssh, hostKey.publicKeyOpenssh, login.publicKeyOpenssh])
      .apply(([privateKey, publicKey, deployKey]) => cloudInit({ hostKey: { privateKey, publicKey }, deployKey })),
    connectionTo: (address) =>
      pulumi
        .all([address, login.privateKeyOpenssh, hostKey.publicKeyOpenssh])
        .apply(([host, privateKey, publicKey]) => ({
          host,
          user: "deploy",
          privateKey,
          hostKey: publicKey.trim(),
          dialErrorLimit: bootAttempts,
          perDialTimeout: 10,
        })),
  };
}
