import type * as pulumi from "@pulumi/pulumi";
import { type DataVolumeArgs, growing } from "../infra/host/dataVolume";
import { DropletHost } from "../infra/host/droplet";
import { LinodeHost } from "../infra/host/linode";
import type { MachineHost } from "../infra/host/machineHost";
import type { HostSettings } from "./settings/host";

/**
 * Makes the machine that the settings ask for.
 * @param lastVolume GB of its data volume when the stack was brought up last
 */
export function makeHost(
  name: string,
  settings: HostSettings,
  lastVolume: pulumi.Output<number | undefined>,
): MachineHost {
  switch (settings.provider) {
    case "digitalocean":
      return new DropletHost(name, { ...settings, volume: dataVolume(settings.volume, lastVolume) });
    case "linode":
      return new LinodeHost(name, { ...settings, volume: dataVolume(settings.volume, lastVolume) });
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
