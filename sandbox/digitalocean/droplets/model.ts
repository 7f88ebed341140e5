import type { MachineImage, MachineOrder } from "../../machines/machines";
import type { BackupPolicy } from "../actions/model";
import type { Size } from "../catalog/sizes";
import type { State } from "../state";

/** A droplet on record. `created` in milliseconds since 1970; memory in MiB, disk in GiB. */
export interface Droplet {
  readonly id: number;
  name: string;
  readonly region: string;
  /** Slug of its size. */
  size: string;
  memory: number;
  vcpus: number;
  disk: number;
  /** Slug of its image. */
  readonly image: string;
  status: "new" | "active" | "off";
  readonly created: number;
  tags: string[];
  readonly vpc: string;
  /** Its address on the sandbox's network, public and private in one. */
  readonly address: string;
  ipv6: boolean;
  readonly monitoring: boolean;
  readonly agent: boolean;
  backupPolicy: BackupPolicy | null;
  readonly userData: string | null;
  /** Public keys it was made with, in OpenSSH's form. */
  readonly sshKeys: readonly string[];
  readonly machineImage: MachineImage;
  /** It is being destroyed; it is shown until its machine is gone. */
  destroying: boolean;
  /** Its machine is not there, not yet or no more; turning it on makes one. */
  absent: boolean;
}

/** Name of a droplet's machine. */
export function machineId(droplet: number): string {
  return `droplet-${droplet}`;
}

/** The droplet of an id, or `undefined`. */
export function findDroplet(state: State, id: number): Droplet | undefined {
  return state.droplets.find((droplet) => droplet.id === id);
}

/** The droplets that are not on their way out. */
export function liveDroplets(state: State): Droplet[] {
  return state.droplets.filter((droplet) => !droplet.destroying);
}

/** The machine a droplet runs on. */
export function machineOrder(droplet: Droplet): MachineOrder {
  return {
    id: machineId(droplet.id),
    hostname: droplet.name,
    image: droplet.machineImage,
    address: droplet.address,
    memory: droplet.memory,
    vcpus: droplet.vcpus,
    sshKeys: droplet.sshKeys,
    ...(droplet.userData === null ? {} : { userData: droplet.userData }),
  };
}

/** Gives a droplet another size; its disk grows only if `disk` says so, and never shrinks. */
export function setSize(droplet: Droplet, size: Size, disk: boolean): void {
  droplet.size = size.slug;
  droplet.memory = size.memory;
  droplet.vcpus = size.vcpus;
  if (disk) droplet.disk = Math.max(droplet.disk, size.disk);
}

/** Takes a droplet out of everything that names it, its own record aside. */
export function detachDroplet(state: State, id: number): void {
  for (const firewall of state.firewalls) firewall.dropletIds = firewall.dropletIds.filter((known) => known !== id);
  for (const volume of state.volumes) {
    if (volume.droplet === id) volume.droplet = null;
    if (volume.target === id) volume.target = null;
  }
  for (const ip of state.reservedIps) {
    if (ip.droplet === id) ip.droplet = null;
    if (ip.target === id) ip.target = null;
  }
  delete state.assignments[`do:droplet:${id}`];
}

/** Takes a droplet off the records. */
export function forgetDroplet(state: State, id: number): void {
  detachDroplet(state, id);
  state.droplets = state.droplets.filter((droplet) => droplet.id !== id);
}
