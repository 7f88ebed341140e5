import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";

/** What CI logs in with. */
export interface CiLogin {
  readonly host: string;
  /** Where sshd listens, if not on port 22. */
  readonly port?: number;
  readonly user: string;
  /** Lines for a known_hosts file. */
  readonly knownHosts: string;
  /** OpenSSH form. */
  readonly privateKey: string;
}

/** What CI is let in for. */
export interface CiAccessArgs {
  /** Apps it may release. */
  readonly apps: readonly string[];
}

/** A key pair for CI, whose public half opens the host's gate and nothing else. */
export class CiAccess extends pulumi.ComponentResource {
  /** Line of authorized_keys. */
  readonly authorizedKey: pulumi.Output<string>;
  /** OpenSSH form; a secret. */
  readonly privateKey: pulumi.Output<string>;

  constructor(name: string, args: CiAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:host:CiAccess", name, {}, opts);
    const key = new tls.PrivateKey(`${name}-key`, { algorithm: "ED25519" }, { parent: this });
    this.authorizedKey = key.publicKeyOpenssh.apply((publicKey) => gateLine(args.apps, publicKey));
    this.privateKey = pulumi.secret(key.privateKeyOpenssh);
    this.registerOutputs({ authorizedKey: this.authorizedKey });
  }
}

/**
 * The line of authorized_keys for a key that may release these apps: whatever its client asks for, the gate is what runs. `restrict`
 * turns off forwarding, terminals and all that sshd may learn later.
 */
export function gateLine(apps: readonly string[], publicKey: string): string {
  return `restrict,command="/usr/local/bin/slipway gate --apps ${apps.join(",")}" ${publicKey.trim()} slipway-ci`;
}

/** The line of known_hosts for a host. @param hostKey as in authorized_keys */
export function knownHosts(host: string, hostKey: string, port = 22): string {
  return `${port === 22 ? host : `[${host}]:${port}`} ${hostKey.trim()}\n`;
}
