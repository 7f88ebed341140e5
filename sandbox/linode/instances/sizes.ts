import type { Instance } from "./model";

/** MiB its disks take of a Linode's plan. */
export function diskUse(instance: Instance): number {
  return instance.disks.reduce((sum, disk) => sum + disk.size, 0);
}

/** Gives a Linode's one disk that is no swap what a plan has left for it; with several such disks nothing changes. @param total MiB */
export function resizeDisks(instance: Instance, total: number): void {
  const [main, ...others] = instance.disks.filter((disk) => disk.filesystem !== "swap");
  if (!main || others.length > 0) return;
  const swap = diskUse(instance) - main.size;
  main.size = total - swap;
}
