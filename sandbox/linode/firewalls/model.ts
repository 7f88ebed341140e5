import { createHash } from "node:crypto";
import type { Firewall, FirewallPermission } from "../../machines/machines";
import { type Instance, liveInstances } from "../instances/model";
import type { LabelRules } from "../label";
import type { State } from "../state";

/** What becomes of a packet. */
export type Verdict = "ACCEPT" | "DROP";

/** A rule as the API keeps it; members that were not given stay absent. */
export interface Rule {
  action: Verdict;
  protocol: "TCP" | "UDP" | "ICMP" | "IPENCAP";
  /** Ports and ranges with commas, e.g. `22, 80-443`. */
  ports?: string;
  addresses?: { ipv4?: string[]; ipv6?: string[] };
  label?: string;
  description?: string;
}

/** The rules of a firewall. `null` where a list was given as `null`. */
export interface Rules {
  readonly inbound: readonly Rule[] | null;
  readonly inbound_policy: Verdict;
  readonly outbound: readonly Rule[] | null;
  readonly outbound_policy: Verdict;
}

/** A Linode that a firewall stands before. `created` in milliseconds since 1970. */
export interface Device {
  readonly id: number;
  readonly linode: number;
  readonly created: number;
}

/** A cloud firewall on record. Times in milliseconds since 1970. */
export interface FirewallRecord {
  readonly id: number;
  label: string;
  status: "enabled" | "disabled";
  readonly created: number;
  updated: number;
  tags: string[];
  rules: Rules;
  /** How often the rules were set. */
  version: number;
  devices: Device[];
}

/** The rules for the labels of firewalls. */
export const LABELS: LabelRules = {
  least: 3,
  most: 32,
  marks: "_.-",
  allowed: "underscores, periods, and dashes",
  letterFirst: true,
  among: "Cloud Firewalls",
};

const EVERYONE = ["0.0.0.0/0", "::/0"];

/** The firewall that stands before a Linode and is in force, or `undefined`; there is one at most. */
export function firewallOf(state: State, linode: number): FirewallRecord | undefined {
  return state.firewalls.find((firewall) => {
    return firewall.status === "enabled" && firewall.devices.some((device) => device.linode === linode);
  });
}

/** What may pass at a Linode; `undefined` without a firewall in force: everything. */
export function resolve(state: State, instance: Instance): Firewall | undefined {
  const firewall = firewallOf(state, instance.id);
  if (!firewall) return undefined;
  const { inbound, outbound, inbound_policy, outbound_policy } = firewall.rules;
  return {
    inbound: (inbound ?? []).flatMap(permissions),
    outbound: (outbound ?? []).flatMap(permissions),
    otherwise: { inbound: verdict(inbound_policy), outbound: verdict(outbound_policy) },
  };
}

/** Eight hexadecimal digits that stand for a set of rules. */
export function fingerprintOf(rules: Rules): string {
  return createHash("sha256").update(JSON.stringify(rules)).digest("hex").slice(0, 8);
}

/** The Linodes of a firewall that are not on their way out. */
export function coveredBy(state: State, firewall: FirewallRecord): Instance[] {
  return liveInstances(state).filter((instance) => firewall.devices.some((device) => device.linode === instance.id));
}

function permissions(rule: Rule): FirewallPermission[] {
  const { ipv4 = [], ipv6 = [] } = rule.addresses ?? {};
  const networks = ipv4.length + ipv6.length > 0 ? [...ipv4, ...ipv6] : EVERYONE;
  const ports = rule.ports ? rule.ports.split(",").map((part) => part.trim()) : ["all"];
  const protocol = rule.protocol.toLowerCase() as Lowercase<Rule["protocol"]>;
  return ports.map((part) => ({ protocol, ports: part, networks, action: verdict(rule.action) }));
}

function verdict(policy: Verdict): "accept" | "drop" {
  return policy === "ACCEPT" ? "accept" : "drop";
}
