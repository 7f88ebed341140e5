import type { MachineImage, MachineOrder } from "../../machines/machines";
import { typeOf } from "../catalog/types";
import type { Entity } from "../events/model";
import type { LabelRules } from "../label";
import type { State } from "../state";
import type { InterfaceRecord } from "./interfaces";

/** What a Linode is doing, in the API's words. */
export type Status =
  | "provisioning"
  | "booting"
  | "running"
  | "shutting_down"
  | "offline"
  | "rebooting"
  | "rebuilding"
  | "resizing"
  | "deleting";

/** A disk on record; every Linode has one real disk, its machine's. Times in milliseconds since 1970, size in MiB. */
export interface Disk {
  readonly id: number;
  label: string;
  readonly filesystem: string;
  size: number;
  status: "not ready" | "ready" | "deleting";
  /** Id of the image it was made from. */
  readonly image: string | null;
  readonly created: number;
}

/** Something that a config puts on a device. */
export interface Device {
  readonly disk_id: number | null;
  readonly volume_id: number | null;
}

/** What a Linode boots with, on record. Times in milliseconds since 1970. */
export interface Config {
  readonly id: number;
  label: string;
  kernel: string;
  comments: string;
  memoryLimit: number;
  rootDevice: string;
  runLevel: string;
  virtMode: string;
  initrd: number | null;
  helpers: Record<string, boolean>;
  devices: Record<string, Device | null>;
  interfaces: InterfaceRecord[];
  readonly created: number;
}

/** How root gets in. */
export interface Access {
  /** Public keys in OpenSSH's form. */
  readonly sshKeys: readonly string[];
  /** bcrypt hash of root's password; `null` locks it. */
  readonly passwordHash: string | null;
}

/** A Linode on record. Times in milliseconds since 1970. */
export interface Instance {
  readonly id: number;
  label: string;
  group: string;
  readonly region: string;
  /** Id of its plan. */
  type: string;
  /** Id of the image it was made from. */
  image: string | null;
  status: Status;
  readonly created: number;
  updated: number;
  tags: string[];
  /** Its public address, on the sandbox's network. */
  readonly address: string;
  /** A private address on record; no machine answers on it. */
  privateAddress: string | null;
  /** Reverse name of its public address, where one was set. */
  rdns: string | null;
  watchdog: boolean;
  backups: boolean;
  backupSchedule: { day: string | null; window: string | null };
  alerts: Record<string, number>;
  maintenancePolicy: string;
  diskEncryption: "enabled" | "disabled";
  readonly interfaceGeneration: "legacy_config" | "linode";
  /** cloud-init user data, decoded. */
  userData: string | null;
  access: Access;
  disks: Disk[];
  configs: Config[];
  machineImage: MachineImage;
  /** It is being deleted; it is shown until its machine is gone. */
  deleting: boolean;
  /** Its machine is not there, not yet or no more; booting makes one. */
  absent: boolean;
}

/** The rules for the labels of Linodes. */
export const LABELS: LabelRules = {
  least: 3,
  most: 64,
  marks: "_.-",
  allowed: "underscores, periods, and dashes",
  among: "linodes",
};

/** Name of a Linode's machine. */
export function machineId(linode: number): string {
  return `linode-${linode}`;
}

/** The Linode of an id, or `undefined`. */
export function findInstance(state: State, id: number): Instance | undefined {
  return state.instances.find((instance) => instance.id === id);
}

/** The Linodes that are not on their way out. */
export function liveInstances(state: State): Instance[] {
  return state.instances.filter((instance) => !instance.deleting);
}

/** A Linode as events and firewalls name it. */
export function entityOf(instance: Pick<Instance, "id" | "label">): Entity {
  const { id, label } = instance;
  return { type: "linode", id, label, url: `/v4/linode/instances/${id}` };
}

/** Whether there is something on its disk that boots. */
export function canBoot(instance: Instance): boolean {
  return instance.image !== null && instance.configs.length > 0;
}

/** The machine a Linode runs on. */
export function machineOrder(instance: Instance): MachineOrder {
  const { memory, vcpus } = typeOf(instance.type);
  return {
    id: machineId(instance.id),
    hostname: hostname(instance.label),
    image: instance.machineImage,
    address: instance.address,
    memory,
    vcpus,
    sshKeys: instance.access.sshKeys,
    ...(instance.userData === null ? {} : { userData: instance.userData }),
    ...(instance.access.passwordHash === null ? {} : { vendorData: vendorData(instance.access.passwordHash) }),
  };
}

/** Takes a Linode out of everything that names it, its own record aside. */
export function detachInstance(state: State, id: number): void {
  for (const firewall of state.firewalls) {
    firewall.devices = firewall.devices.filter((device) => device.linode !== id);
  }
  for (const volume of state.volumes) {
    if (volume.linode === id) volume.linode = null;
    if (volume.target === id) volume.target = null;
  }
}

/** Takes a Linode off the records. */
export function forgetInstance(state: State, id: number): void {
  detachInstance(state, id);
  state.instances = state.instances.filter((instance) => instance.id !== id);
}

/** A label as a name of a host: at most 63 of letters, digits, dots and dashes. */
function hostname(label: string): string {
  return label
    .replaceAll("_", "-")
    .slice(0, 63)
    .replace(/[.-]+$/, "");
}

/** What the cloud itself tells cloud-init; a user's own data wins over it. */
function vendorData(passwordHash: string): string {
  const users = [{ name: "root", password: passwordHash, type: "hash" }];
  // JSON is YAML.
  return `#cloud-config\n${JSON.stringify({ chpasswd: { expire: false, users } })}\n`;
}
