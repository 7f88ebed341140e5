import type { types } from "@pulumi/linode";
import ipaddr from "ipaddr.js";

/** What Linode lets through to the machine: SSH from known networks, HTTP and HTTPS from anywhere, ping. The rest is dropped by policy. */
export function linodeInbounds(sshFrom: readonly string[]): types.input.FirewallInbound[] {
  return [
    { label: "ssh", action: "ACCEPT", protocol: "TCP", ports: "22", ...addresses(sshFrom) },
    { label: "http", action: "ACCEPT", protocol: "TCP", ports: "80", ...addresses(everywhere) },
    { label: "https", action: "ACCEPT", protocol: "TCP", ports: "443", ...addresses(everywhere) },
    { label: "http3", action: "ACCEPT", protocol: "UDP", ports: "443", ...addresses(everywhere) },
    { label: "ping", action: "ACCEPT", protocol: "ICMP", ...addresses(everywhere) },
  ];
}

const everywhere = ["0.0.0.0/0", "::/0"];

/** Linode keeps the two families apart and wants a prefix length everywhere. */
function addresses(networks: readonly string[]): Pick<types.input.FirewallInbound, "ipv4s" | "ipv6s"> {
  const of = (kind: "ipv4" | "ipv6") =>
    networks
      .filter((network) => ipaddr.parse(network.split("/")[0] ?? network).kind() === kind)
      .map((network) => (network.includes("/") ? network : `${network}/${kind === "ipv4" ? 32 : 128}`));
  const [ipv4s, ipv6s] = [of("ipv4"), of("ipv6")];
  return { ...(ipv4s.length > 0 ? { ipv4s } : {}), ...(ipv6s.length > 0 ? { ipv6s } : {}) };
}
