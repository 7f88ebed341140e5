import { DropletHost } from "../infra/host/droplet";
import { LinodeHost } from "../infra/host/linode";
import type { MachineHost } from "../infra/host/machineHost";
import type { HostSettings } from "./settings/host";

/** Makes the machine that the settings ask for. */
export function makeHost(name: string, settings: HostSettings): MachineHost {
  switch (settings.provider) {
    case "digitalocean":
      return new DropletHost(name, settings);
    case "linode":
      return new LinodeHost(name, settings);
    default:
      return settings satisfies never;
  }
}
