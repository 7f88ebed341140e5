import ipaddr from "ipaddr.js";
import type { Firewall, FirewallPermission } from "./machines";

/** Name of the packet filter's table inside a machine's network namespace. */
const table = "inet sandbox_cloud";

/**
 * Commands for `nft -f -` that make a machine's network do what the cloud's firewall says, in one step. The hooks sit
 * after connection tracking and before address translation and every rule of the machine itself, so what is not permitted
 * never reaches a container's published port. Only the machine's link to the cloud counts: its loopback and its own
 * bridges pass.
 * @param firewall `undefined` lets everything pass
 * @throws Error for a network or ports that are none
 */
export function cloudFirewall(firewall: Firewall | undefined): string {
  // Adding first makes the removal good for a table that is not there.
  const clear = [`add table ${table}`, `delete table ${table}`];
  if (firewall === undefined) return `${clear.join("\n")}\n`;
  const { inbound = "drop", outbound = "drop" } = firewall.otherwise ?? {};
  return `${[
    ...clear,
    `table ${table} {`,
    ...chain("inbound", "prerouting", "iifname", firewall.inbound, "saddr", inbound),
    ...chain("outbound", "postrouting", "oifname", firewall.outbound, "daddr", outbound),
    "}",
  ].join("\n")}\n`;
}

function chain(
  name: string,
  hook: string,
  link: string,
  permissions: readonly FirewallPermission[],
  side: string,
  otherwise: "accept" | "drop",
): readonly string[] {
  return [
    `  chain ${name} {`,
    `    type filter hook ${hook} priority -149; policy accept;`,
    `    ${link} != "eth0" accept`,
    "    ct state established,related accept",
    // Without these there is no IPv6 link to filter.
    "    icmpv6 type { nd-router-solicit, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert } accept",
    ...permissions.flatMap((permission) =>
      permission.networks.map((network) => `    ${rule(permission, network, side)}`),
    ),
    `    ${otherwise}`,
    "  }",
  ];
}

function rule(permission: FirewallPermission, text: string, side: string): string {
  const network = ipaddr.isValidCIDR(text)
    ? ipaddr.parseCIDR(text)[0]
    : ipaddr.isValid(text)
      ? ipaddr.parse(text)
      : undefined;
  if (network === undefined)
    throw new Error(`a firewall's network is ${JSON.stringify(text)}; expected an address or a CIDR`);
  const six = network.kind() === "ipv6";
  const who = `${six ? "ip6" : "ip"} ${side} ${text}`;
  const action = permission.action ?? "accept";
  if (permission.protocol === "icmp") return `${who} meta l4proto ${six ? "ipv6-icmp" : "icmp"} ${action}`;
  // By number: nft knows this protocol by more names than one.
  if (permission.protocol === "ipencap") return `${who} meta l4proto 4 ${action}`;
  if (permission.ports === "all") return `${who} meta l4proto ${permission.protocol} ${action}`;
  if (!/^\d{1,5}(-\d{1,5})?$/.test(permission.ports)) {
    throw new Error(`a firewall's ports are ${JSON.stringify(permission.ports)}; expected all, 22 or 8000-9000`);
  }
  return `${who} ${permission.protocol} dport ${permission.ports} ${action}`;
}
