import type { types } from "@pulumi/digitalocean";

/** What the cloud lets through to the machine: SSH from known networks, HTTP and HTTPS from anywhere, ping. */
export function inboundRules(sshFrom: readonly string[]): types.input.FirewallInboundRule[] {
  return [
    { protocol: "tcp", portRange: "22", sourceAddresses: [...sshFrom] },
    { protocol: "tcp", portRange: "80", sourceAddresses: everywhere() },
    { protocol: "tcp", portRange: "443", sourceAddresses: everywhere() },
    { protocol: "udp", portRange: "443", sourceAddresses: everywhere() },
    { protocol: "icmp", sourceAddresses: everywhere() },
  ];
}

/** What the machine may open: everything, so that packages, registries and the app's own partners can be reached. */
export function outboundRules(): types.input.FirewallOutboundRule[] {
  return [
    { protocol: "tcp", portRange: "1-65535", destinationAddresses: everywhere() },
    { protocol: "udp", portRange: "1-65535", destinationAddresses: everywhere() },
    { protocol: "icmp", destinationAddresses: everywhere() },
  ];
}

function everywhere(): string[] {
  return ["0.0.0.0/0", "::/0"];
}
