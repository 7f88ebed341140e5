import type { Cloud } from "../cloud";
import { notFound, refused } from "../errors";
import { isBusy } from "../events/run";
import type { Config, Disk, Instance } from "./model";

/** The Linode of an id as it stands in a path. Throws the API's 404. */
export function requireInstance(cloud: Cloud, id: string): Instance {
  const instance = cloud.state.instances.find((known) => String(known.id) === id);
  if (!instance) throw notFound();
  return instance;
}

/** The same, when it is to be changed. Throws the API's 400 while it is busy. */
export function requireIdle(cloud: Cloud, id: string): Instance {
  const instance = requireInstance(cloud, id);
  if (instance.deleting || isBusy(cloud, instance.id)) throw refused("Linode busy.");
  return instance;
}

/** A disk of a Linode. Throws the API's 404. */
export function requireDisk(instance: Instance, id: string): Disk {
  const disk = instance.disks.find((known) => String(known.id) === id);
  if (!disk) throw notFound();
  return disk;
}

/** A config of a Linode. Throws the API's 404. */
export function requireConfig(instance: Instance, id: string): Config {
  const config = instance.configs.find((known) => String(known.id) === id);
  if (!config) throw notFound();
  return config;
}
