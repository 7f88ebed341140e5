import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import { markedName, tagOf } from "../mark";
import { inboundRules, outboundRules } from "../network/cloudFirewall";
import type { HostConnection } from "../ssh/remoteScript";
import type { DataVolume, DataVolumeArgs } from "./dataVolume";
import { firstLogin } from "./firstLogin";
import type { CloudMachineArgs, InCloud, MachineHost } from "./machineHost";
import { volumeName, volumeNameLimits } from "./volumeName";

/**
 * A droplet behind a cloud firewall, with a host key made in the stack, so that the very first connection is to the right
 * machine. The firewall names the droplet by id: a tag's counts change by themselves, which a refresh would report.
 */
export class DropletHost extends pulumi.ComponentResource implements MachineHost {
  readonly address: pulumi.Output<string>;
  readonly firstContact: pulumi.Output<HostConnection>;
  readonly deployKey: pulumi.Output<string>;
  readonly machine: digitalocean.Droplet;
  readonly inCloud: pulumi.Output<InCloud>;
  readonly ready: readonly pulumi.Resource[];
  readonly volume?: DataVolume;

  constructor(name: string, args: CloudMachineArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:host:DropletHost", name, {}, opts);
    const login = firstLogin(name, { parent: this });
    const mark = args.mark === undefined ? login.mark : pulumi.output(args.mark);
    // Neither keys nor firewalls are tagged: a firewall's tags say which droplets it is for.
    const marked = mark.apply((text) => markedName(name, text));
    const tags = [mark.apply(tagOf)];
    const sshKey = new digitalocean.SshKey(
      `${name}-ssh-key`,
      { name: marked, publicKey: login.deployKey },
      { parent: this },
    );
    const volume = args.volume && dataVolume(name, args.volume, { ...args, tags }, this);
    if (volume) this.volume = volume;
    this.machine = new digitalocean.Droplet(
      `${name}-droplet`,
      {
        name,
        region: args.region,
        size: args.size,
        image: args.image,
        tags,
        resizeDisk: false,
        ...(args.backups === undefined ? {} : { backups: args.backups }),
        sshKeys: [sshKey.id],
        // Named here and not by an attachment of its own: a machine that goes then shuts down before it loses the volume.
        ...(volume ? { volumeIds: [volume.id], gracefulShutdown: true } : {}),
        userData: login.userData,
      },
      // These replace the machine when they change; what they decide is decided once, at its making.
      {
        parent: this,
        protect: args.protect,
        ignoreChanges: ["userData", "sshKeys", "image"],
        // A volume is attached to one machine at a time.
        deleteBeforeReplace: volume !== undefined,
      },
    );
    const firewall = new digitalocean.Firewall(
      `${name}-firewall`,
      {
        name: marked,
        dropletIds: [this.machine.id.apply(Number)],
        inboundRules: inboundRules(args.sshFrom),
        outboundRules: outboundRules(),
      },
      { parent: this },
    );
    this.ready = [firewall];
    this.inCloud = pulumi.all([this.machine.id, firewall.id]).apply(([id, witness]) => ({
      cloud: "digitalocean" as const,
      machine: `/v2/droplets/${id}`,
      witness: `/v2/firewalls/${witness}`,
    }));
    this.address = this.machine.ipv4Address;
    this.deployKey = login.deployKey;
    this.firstContact = login.connectionTo(this.address);
    this.registerOutputs({ address: this.address });
  }
}

function dataVolume(
  name: string,
  { size }: DataVolumeArgs,
  { region, protect, tags }: CloudMachineArgs & { readonly tags: pulumi.Output<string>[] },
  parent: pulumi.Resource,
): DataVolume & { readonly id: pulumi.Output<string> } {
  // The machine formats it, as on other clouds; see volumeSteps.ts.
  const volume = new digitalocean.Volume(
    `${name}-volume`,
    { name: volumeName(name, volumeNameLimits.digitalocean), region: region as digitalocean.Region, size, tags },
    { parent, protect },
  );
  return {
    id: volume.id,
    device: volume.name.apply((own) => `/dev/disk/by-id/scsi-0DO_Volume_${own}`),
    size: volume.size,
  };
}
