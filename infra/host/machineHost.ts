import type * as pulumi from "@pulumi/pulumi";
import type { HostConnection } from "../ssh/remoteScript";
import type { DataVolume, DataVolumeArgs } from "./dataVolume";

/** What a machine of a cloud is made from, in that cloud's own names. */
export interface CloudMachineArgs {
  /** Region, e.g. `fra1` or `eu-central`. A change makes another machine. */
  readonly region: string;
  /** Size, e.g. `s-1vcpu-2gb` or `g6-standard-1`. A change resizes in place: the machine is off for some minutes, its disk stays as it is. */
  readonly size: string;
  /** Image. Only used when the machine is made. */
  readonly image: string;
  /** Networks that may open an SSH connection. */
  readonly sshFrom: readonly string[];
  /** Whether Pulumi refuses to destroy the machine. */
  readonly protect: boolean;
  /** Whether the cloud keeps backups of its disk; a volume is in none of them. @default none */
  readonly backups?: boolean | undefined;
  /** What the cloud's things are marked with, where it isn't the stack's own mark. @default the mark of its key for `deploy` */
  readonly mark?: string | undefined;
  /** Block volume for the machine's data. @default none */
  readonly volume?: DataVolumeArgs | undefined;
}

/** Where a machine stands on the record of its cloud, as paths of the cloud's API. */
export interface InCloud {
  readonly cloud: "digitalocean" | "linode";
  readonly machine: string;
  /** Something else of the stack's in the same account: an account that doesn't know it can't tell that the machine is gone. */
  readonly witness: string;
}

/**
 * A machine that becomes a host, whoever made it: all that the rest of the program knows of one. Each provider has a component
 * of its own that fulfils it.
 */
export interface MachineHost {
  /** Public IPv4 address. */
  readonly address: pulumi.Output<string>;
  /** Public IPv6 address, where it has one. */
  readonly addressV6?: pulumi.Output<string>;
  /**
   * Connection for first contact only: it pins the host key that is known before the machine was ever reached. Everything later
   * goes over the connection that Bootstrap makes of it.
   */
  readonly firstContact: pulumi.Output<HostConnection>;
  /** The stack's own key for `deploy`, public half in OpenSSH form. */
  readonly deployKey: pulumi.Output<string>;
  /** Where its sshd listens, if not on port 22. */
  readonly port?: number;
  /**
   * The host key it has and keeps, public half in OpenSSH form. None where bootstrap makes a lasting one in place of the one of first
   * contact, and settles who may log in.
   */
  readonly lastingKey?: pulumi.Output<string>;
  /**
   * The machine; its id in `triggers` says that it is another one. None where the machine outlives the stack: what lives there is then
   * undone piece by piece.
   */
  readonly machine?: pulumi.CustomResource;
  /** Where it stands on its cloud's record, if it is a cloud's. */
  readonly inCloud?: pulumi.Output<InCloud>;
  /** Networks in CIDR form that its own connections come from, where its cloud's databases know a machine by nothing else. */
  readonly sources?: pulumi.Output<readonly string[]>;
  /** What everything that is done on the machine waits for, e.g. the cloud's firewall. */
  readonly ready: readonly pulumi.Resource[];
  /** The volume its data lives on. None: everything is on the machine's own disk. */
  readonly volume?: DataVolume;
}

/**
 * Options of a resource that lives on a machine.
 * @param life what stands for the machine's life, see Bootstrap; none where it outlives the stack
 */
export function livesOn({ life }: { readonly life?: pulumi.Resource | undefined }): {
  readonly deletedWith?: pulumi.Resource;
} {
  return life ? { deletedWith: life } : {};
}
