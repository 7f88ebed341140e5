import * as linode from "@pulumi/linode";
import * as pulumi from "@pulumi/pulumi";
import { tagOf } from "../mark";
import { linodeInbounds } from "../network/linodeFirewall";
import type { HostConnection } from "../ssh/remoteScript";
import type { DataVolume, DataVolumeArgs } from "./dataVolume";
import { firstLogin } from "./firstLogin";
import { labelLimits, linodeLabel } from "./linodeLabel";
import type { CloudMachineArgs, InCloud, MachineHost } from "./machineHost";
import { volumeName, volumeNameLimits } from "./volumeName";

/**
 * A Linode behind a cloud firewall, with a host key made in the stack, so that the very first connection is to the right machine.
 * The firewall names the Linode: named by the Linode, a firewall would replace it. Root's password is made up and forgotten by
 * the provider; neither program nor state ever has it.
 */
export class LinodeHost extends pulumi.ComponentResource implements MachineHost {
  readonly address: pulumi.Output<string>;
  readonly firstContact: pulumi.Output<HostConnection>;
  readonly deployKey: pulumi.Output<string>;
  readonly machine: linode.Instance;
  readonly inCloud: pulumi.Output<InCloud>;
  readonly sources: pulumi.Output<readonly string[]>;
  readonly ready: readonly pulumi.Resource[];
  readonly volume?: DataVolume;

  constructor(name: string, args: CloudMachineArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:host:LinodeHost", name, {}, opts);
    const login = firstLogin(name, { parent: this });
    const tags = [(args.mark === undefined ? login.mark : pulumi.output(args.mark)).apply(tagOf)];
    this.machine = new linode.Instance(
      `${name}-linode`,
      {
        label: linodeLabel(name, labelLimits.instance),
        region: args.region,
        type: args.size,
        image: args.image,
        tags,
        // After a resize to a type with no larger disk only this starts the machine again.
        booted: true,
        resizeDisk: false,
        ...(args.backups === undefined ? {} : { backupsEnabled: args.backups }),
        authorizedKeys: [login.deployKey],
        metadatas: [{ userData: login.userData.apply((text) => Buffer.from(text).toString("base64")) }],
      },
      {
        parent: this,
        protect: args.protect,
        // These replace the machine when they change; what they decide is decided once, at its making.
        ignoreChanges: ["metadatas", "authorizedKeys", "image"],
        // The provider would migrate it, which gives it another address behind the stack's back.
        replaceOnChanges: ["region"],
        // No two Linodes can have one label.
        deleteBeforeReplace: true,
      },
    );
    const firewall = new linode.Firewall(
      `${name}-firewall`,
      {
        label: linodeLabel(name, labelLimits.firewall),
        linodes: [this.machine.id.apply(Number)],
        inbounds: linodeInbounds(args.sshFrom),
        inboundPolicy: "DROP",
        outboundPolicy: "ACCEPT",
        tags,
      },
      { parent: this },
    );
    if (args.volume) this.volume = dataVolume(name, args.volume, { ...args, tags }, this.machine, this);
    this.ready = [firewall];
    this.inCloud = pulumi.all([this.machine.id, firewall.id]).apply(([id, witness]) => ({
      cloud: "linode" as const,
      machine: `/v4/linode/instances/${id}`,
      witness: `/v4/networking/firewalls/${witness}`,
    }));
    this.address = this.machine.ipAddress;
    this.sources = pulumi.all([this.machine.ipAddress, this.machine.ipv6]).apply(([v4, v6]) => ownNetworks(v4, v6));
    this.deployKey = login.deployKey;
    this.firstContact = login.connectionTo(this.address);
    this.registerOutputs({ address: this.address });
  }
}

/**
 * A Linode's addresses as networks of one. Linode's databases have addresses of both kinds, and the machine itself prefers IPv6; its
 * containers have IPv4 only.
 * @param ipv6 with the length of its prefix, as the API says it; none where the machine has none
 */
export function ownNetworks(ipv4: string, ipv6: string | undefined): string[] {
  const [own = ""] = (ipv6 ?? "").split("/");
  return [`${ipv4}/32`, ...(own === "" ? [] : [`${own}/128`])];
}

/** Attached to the machine while that runs: the provider moves it to the next one, and the machine formats it; see volumeSteps.ts. */
function dataVolume(
  name: string,
  { size }: DataVolumeArgs,
  { region, protect, tags }: CloudMachineArgs & { readonly tags: pulumi.Output<string>[] },
  machine: linode.Instance,
  parent: pulumi.Resource,
): DataVolume {
  const volume = new linode.Volume(
    `${name}-volume`,
    { label: volumeName(name, volumeNameLimits.linode), region, size, linodeId: machine.id.apply(Number), tags },
    { parent, protect },
  );
  return { device: volume.filesystemPath, size: volume.size };
}
