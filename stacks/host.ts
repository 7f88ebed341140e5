import type * as pulumi from "@pulumi/pulumi";
import { type DataVolumeArgs, growing } from "../infra/host/dataVolume";
import { DropletHost } from "../infra/host/droplet";
import { ExistingHost } from "../infra/host/existing";
import { LinodeHost } from "../infra/host/linode";
import type { MachineHost } from "../infra/host/machineHost";
import type { HostSettings } from "./settings/host";

/** Settings of a machine of the stack's own. */
type OwnHostSettings = Exclude<HostSettings, { readonly provider: "stack" }>;

/** What a machine is made from besides its settings. */
export interface HostMaking {
  /** The stack that it is for, `PROJECT/STACK`. */
  readonly stack: string;
  /** What its things are marked with, where it isn't the stack's own mark. */
  readonly mark?: string | undefined;
  /** How a machine is reached that is there already. */
  readonly privateKey?: string | undefined;
  /** GB of its data volume when the stack was brought up last. */
  readonly lastVolume: pulumi.Output<number | undefined>;
}

/** Makes the machine that the settings ask for, or takes it in. */
export function makeHost(
  name: string,
  settings: OwnHostSettings,
  { stack, mark, privateKey, lastVolume }: HostMaking,
): MachineHost {
  switch (settings.provider) {
    case "digitalocean":
      return new DropletHost(name, { ...settings, mark, volume: dataVolume(settings.volume, lastVolume) });
    case "linode":
      return new LinodeHost(name, { ...settings, mark, volume: dataVolume(settings.volume, lastVolume) });
    case "existing":
      return new ExistingHost(name, { ...settings, stack, privateKey: privateKey ?? "" });
    default:
      return settings satisfies never;
  }
}

function dataVolume(
  asked: { readonly size: number } | undefined,
  last: pulumi.Output<number | undefined>,
): DataVolumeArgs | undefined {
  return asked && { size: last.apply((before) => growing(asked.size, before)) };
}
