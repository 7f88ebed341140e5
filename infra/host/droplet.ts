import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import { inboundRules, outboundRules } from "../network/cloudFirewall";
import type { HostConnection } from "../ssh/remoteScript";
import { firstLogin } from "./firstLogin";
import type { MachineHost } from "./machineHost";

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
    const login = firstLogin(name, { parent: this });
    const sshKey = new digitalocean.SshKey(`${name}-ssh-key`, { name, publicKey: login.deployKey }, { parent: this });
    this.machine = new digitalocean.Droplet(
      `${name}-droplet`,
      {
        name,
        region: args.region,
        size: args.size,
        image: args.image,
        resizeDisk: false,
        sshKeys: [sshKey.id],
        userData: login.userData,
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
    this.deployKey = login.deployKey;
    this.firstContact = login.connectionTo(this.address);
    this.registerOutputs({ address: this.address });
  }
}
