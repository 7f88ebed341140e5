/**
 * What the emulated clouds ask of the machines behind them. Two implementations: system containers on a Docker engine
 * (`docker.ts`) and a record in memory for tests of the API alone (`memory.ts`); `machines.cases.ts` holds both to it.
 */

/** Which root file system a machine starts from. `golden` already holds the packages a first bootstrap installs. */
export type MachineImage = "golden" | "bare";

/** Capacity of a machine. */
export interface Capacity {
  /** Memory in MiB. */
  readonly memory: number;
  readonly vcpus: number;
}

/** A disk beside a machine's own. It outlives the machines it is attached to. */
export interface Disk {
  /** The cloud's own name of the disk, unique in the sandbox, e.g. `linode-volume-3`. */
  readonly id: string;
  /** GiB. A disk that was smaller before grows, also while it is in use; none shrinks. */
  readonly size: number;
  /** Its name in the machine's /dev/disk/by-id. */
  readonly link: string;
  /** What it is formatted as when it is new. @default nothing */
  readonly fileSystem?: "ext4";
  /** Label of that file system. */
  readonly label?: string;
}

/** A machine as the cloud orders it. */
export interface MachineOrder extends Capacity {
  /** The cloud's own name of the machine, unique in the sandbox, e.g. `droplet-3`. */
  readonly id: string;
  readonly hostname: string;
  readonly image: MachineImage;
  /** IPv4 address on the sandbox's network; chosen by the cloud, kept over restarts. */
  readonly address: string;
  /** cloud-init user data, verbatim. */
  readonly userData?: string;
  /** What the cloud itself has cloud-init do, e.g. set a password; user data wins over it. */
  readonly vendorData?: string;
  /** OpenSSH public keys for root, as the cloud's image would put them. */
  readonly sshKeys: readonly string[];
  /** Disks it is to have from its first boot on. */
  readonly disks?: readonly Disk[];
}

/**
 * One direction's permission of a cloud firewall. `ports` is `"all"`, `"22"` or `"8000-9000"`; `icmp` and `ipencap` have
 * none.
 */
export interface FirewallPermission {
  readonly protocol: "tcp" | "udp" | "icmp" | "ipencap";
  readonly ports: string;
  /** `drop` makes it a ban; the first permission or ban that fits a packet decides. @default accept */
  readonly action?: "accept" | "drop";
  /** IPv4 or IPv6 networks in CIDR form or single addresses. */
  readonly networks: readonly string[];
}

/** What may pass. What is dropped never reaches the machine's own rules; replies always pass. */
export interface Firewall {
  readonly inbound: readonly FirewallPermission[];
  readonly outbound: readonly FirewallPermission[];
  /** What becomes of packets that no permission fits. @default drop, both ways */
  readonly otherwise?: { readonly inbound: "accept" | "drop"; readonly outbound: "accept" | "drop" };
}

/** Real power state of a machine; `absent` if there is none of that id. */
export type Power = "on" | "off" | "absent";

/** Every method is idempotent and resolves when the thing is so; each rejects with a one-line reason. */
export interface Machines {
  /** Makes the machine and turns it on; resolves when it is powered, not when it has booted. */
  create(order: MachineOrder): Promise<void>;
  /** Removes the machine and its own disk; those attached to it are kept. */
  destroy(id: string): Promise<void>;
  power(id: string): Promise<Power>;
  turnOn(id: string): Promise<void>;
  /** `graceful` asks the system to shut down first; otherwise the plug is pulled. */
  turnOff(id: string, how: "graceful" | "hard"): Promise<void>;
  resize(id: string, capacity: Capacity): Promise<void>;
  /** `undefined` lets everything pass. Kept over a restart of the machine. */
  setFirewall(id: string, firewall: Firewall | undefined): Promise<void>;
  /** Further addresses (reserved IPs) the machine answers on. Kept over a restart of the machine. */
  setExtraAddresses(id: string, addresses: readonly string[]): Promise<void>;
  /** The disks attached to the machine, all of them. Kept over a restart of the machine; what is on a disk stays on it. */
  setDisks(id: string, disks: readonly Disk[]): Promise<void>;
  /** Deletes a disk that no machine has, with everything on it. */
  deleteDisk(id: string): Promise<void>;
  /** Ids of every disk that was attached once and not deleted since. */
  listDisks(): Promise<readonly string[]>;
  /** Ids of every machine there is, whoever made it. */
  list(): Promise<readonly string[]>;
}
