import ipaddr from "ipaddr.js";

/** The network the machines live on and which of its addresses the cloud may hand out. Both ends of a range belong to it. */
export interface NetworkPlan {
  /** The network in CIDR form, e.g. `10.213.0.0/24`. */
  readonly subnet: string;
  /** The address machines send foreign packets to, e.g. `10.213.0.1`. */
  readonly gateway: string;
  /** First and last address for machines. */
  readonly machines: readonly [string, string];
  /** First and last address for database servers. */
  readonly databases: readonly [string, string];
  /** First and last address for reserved IPs. */
  readonly reserved: readonly [string, string];
}

/** The plan used when the daemon has no other. */
export const defaultNetwork: NetworkPlan = {
  subnet: "10.213.0.0/24",
  gateway: "10.213.0.1",
  machines: ["10.213.0.10", "10.213.0.179"],
  databases: ["10.213.0.180", "10.213.0.199"],
  reserved: ["10.213.0.200", "10.213.0.250"],
};

/** The lowest address of a range that is not taken; `undefined` when all are. */
export function nextFree(range: readonly [string, string], taken: Iterable<string>): string | undefined {
  const used = new Set(taken);
  const last = addressNumber(range[1]);
  for (let number = addressNumber(range[0]); number <= last; number += 1) {
    const address = numberAddress(number);
    if (!used.has(address)) return address;
  }
  return undefined;
}

/** An IPv4 address as the number it stands for. */
export function addressNumber(address: string): number {
  return ipaddr.IPv4.parse(address)
    .toByteArray()
    .reduce((sum, byte) => sum * 256 + byte, 0);
}

/** The IPv4 address a number stands for. */
export function numberAddress(number: number): string {
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join(".");
}

/** The netmask of a network in CIDR form, e.g. `255.255.255.0`. */
export function netmask(subnet: string): string {
  const [, bits] = ipaddr.IPv4.parseCIDR(subnet);
  return ipaddr.IPv4.subnetMaskFromPrefixLength(bits).toString();
}

/** Whether two IPv4 networks in CIDR form share an address. */
export function overlap(one: string, other: string): boolean {
  const [oneBase, oneBits] = ipaddr.IPv4.parseCIDR(one);
  const [otherBase, otherBits] = ipaddr.IPv4.parseCIDR(other);
  const bits = Math.min(oneBits, otherBits);
  return oneBase.match(otherBase, bits);
}
