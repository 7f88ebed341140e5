import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { inboundRules, outboundRules } from "../network/cloudFirewall";
import type { HostConnection } from "../ssh/remoteScript";
import { cloudInit } from "./cloudInit";
import type { MachineHost } from "./machineHost";

/** Attempts to connect to a machine that boots: about five minutes with the plugin's growing pauses. */
const bootAttempts = 60;

/** What a machine on DigitalOcean is made from. */
export interface DropletHostArgs {
  /** Region slug, e.g. `fra1`. */
  readonly region: string;
  /** Size slug, e.g. `s-1vcpu-2gb`. A change resizes in place: the machine is off for a minute, its disk stays as it is. */
  readonly size: string;
  /** Image slug. Only used when the machine is made. */
  readonly image: string;
  /** Networks that may open an SSH connection. */
  readonly sshFrom: readonly string[];
  /** Whether Pulumi refuses to destroy the machine. */
  readonly protect: boolean;
}

/**
 * A droplet behind a cloud firewall, with a host key made in the stack, so that the very first connection is to the right
 * machine. The firewall names the droplet by id: a tag's counts change by themselves, which a refresh would report.
 */
export class DropletHost extends pulumi.ComponentResource implements MachineHost {
  readonly address: pulumi.Output<string>;
  readonly firstContact: pulumi.Output<HostConnection>;
  readonly deployKey: pulumi.Output<string>;
  readonly machine: digitalocean.Droplet;
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: DropletHostArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:host:DropletHost", name, {}, opts);
    const login = new tls.PrivateKey(`${name}-login`, { algorithm: "ED25519" }, { parent: this });
    const hostKey = new tls.PrivateKey(
      `${name}-host-key`,
      { algorithm: "ECDSA", ecdsaCurve: "P256" },
      { parent: this },
    );
    const sshKey = new digitalocean.SshKey(
      `${name}-ssh-key`,
      { name, publicKey: login.publicKeyOpenssh.apply(trim) },
      { parent: this },
    );
    this.machine = new digitalocean.Droplet(
      `${name}-droplet`,
      {
        name,
        region: args.region,
        size: args.size,
        image: args.image,
        resizeDisk: false,
        sshKeys: [sshKey.id],
        userData: pulumi
          .all([hostKey.privateKeyOpenssh, hostKey.publicKeyOpenssh, login.publicKeyOpenssh])
          .apply(([privateKey, publicKey, deployKey]) => cloudInit({ hostKey: { privateKey, publicKey }, deployKey })),
      },
      // These replace the machine when they change; what they decide is decided once, at its making.
      { parent: this, protect: args.protect, ignoreChanges: ["userData", "sshKeys", "image"] },
    );
    const firewall = new digitalocean.Firewall(
      `${name}-firewall`,
      {
        name,
        dropletIds: [this.machine.id.apply(Number)],
        inboundRules: inboundRules(args.sshFrom),
        outboundRules: outboundRules(),
      },
      { parent: this },
    );
    this.ready = [firewall];
    this.address = this.machine.ipv4Address;
    this.deployKey = login.publicKeyOpenssh.apply(trim);
    this.firstContact = pulumi
      .all([this.address, login.privateKeyOpenssh, hostKey.publicKeyOpenssh])
      .apply(([host, privateKey, publicKey]) => ({
        host,
        user: "deploy",
        privateKey,
        hostKey: publicKey.trim(),
        dialErrorLimit: bootAttempts,
        perDialTimeout: 10,
      }));
    this.registerOutputs({ address: this.address });
  }
}

function trim(text: string): string {
  return text.trim();
}
