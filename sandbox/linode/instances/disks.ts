import type { Image } from "../catalog/images";
import type { Cloud } from "../cloud";
import type { Config, Disk, Instance } from "./model";

/** MiB of a swap disk that an image is deployed with unless another size is asked for. */
export const SWAP = 512;

const DEVICES = ["sda", "sdb", "sdc", "sdd", "sde", "sdf", "sdg", "sdh"];
const HELPERS = { updatedb_disabled: true, distro: true, modules_dep: true, network: true, devtmpfs_automount: true };

/** The disks and the config that deploying an image makes. @param swap MiB; 0 for none */
export function deploy(cloud: Cloud, instance: Instance, image: Image, size: number, swap: number): void {
  const main = newDisk(cloud, { label: `${image.label} Disk`, filesystem: "ext4", size: size - swap, image: image.id });
  const second = newDisk(cloud, { label: `${swap} MB Swap Image`, filesystem: "swap", size: swap, image: null });
  instance.disks = swap > 0 ? [main, second] : [main];
  instance.configs = [newConfig(cloud, `My ${image.label} Disk Profile`, { sda: main.id, sdb: second.id }, swap > 0)];
  instance.image = image.id;
}

/** A disk of a number of its own, not ready yet. */
export function newDisk(cloud: Cloud, content: Pick<Disk, "label" | "filesystem" | "size" | "image">): Disk {
  cloud.state.counters.disk += 1;
  return { id: cloud.state.counters.disk, ...content, status: "not ready", created: cloud.clock.now() };
}

/** A config of a number of its own with nothing on its devices. */
export function emptyConfig(cloud: Cloud, label: string): Config {
  cloud.state.counters.config += 1;
  return {
    id: cloud.state.counters.config,
    label,
    kernel: "linode/latest-64bit",
    comments: "",
    memoryLimit: 0,
    rootDevice: "/dev/sda",
    runLevel: "default",
    virtMode: "paravirt",
    initrd: null,
    helpers: { ...HELPERS },
    devices: Object.fromEntries(DEVICES.map((name) => [name, null])),
    interfaces: [],
    created: cloud.clock.now(),
  };
}

function newConfig(cloud: Cloud, label: string, disks: { sda: number; sdb: number }, swap: boolean): Config {
  const config = emptyConfig(cloud, label);
  config.kernel = "linode/grub2";
  config.devices.sda = { disk_id: disks.sda, volume_id: null };
  if (swap) config.devices.sdb = { disk_id: disks.sdb, volume_id: null };
  return config;
}
