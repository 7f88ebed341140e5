import { expect, it } from "vitest";
import { inboundRules } from "./cloudFirewall";
import { hostFirewallScript } from "./hostFirewall";

it("lets the cloud pass SSH from the allow-list only, HTTP, HTTPS and ping from anywhere, and nothing else", () => {
  expect(inboundRules(["203.0.113.0/24"])).toEqual([
    { protocol: "tcp", portRange: "22", sourceAddresses: ["203.0.113.0/24"] },
    { protocol: "tcp", portRange: "80", sourceAddresses: ["0.0.0.0/0", "::/0"] },
    { protocol: "tcp", portRange: "443", sourceAddresses: ["0.0.0.0/0", "::/0"] },
    { protocol: "udp", portRange: "443", sourceAddresses: ["0.0.0.0/0", "::/0"] },
    { protocol: "icmp", sourceAddresses: ["0.0.0.0/0", "::/0"] },
  ]);
});

it("closes the host in the same way, and containers off from the metadata service", () => {
  const script = hostFirewallScript(["203.0.113.0/24", "2001:db8::/32"]);
  const [, v4 = "", v6 = ""] = script
    .split(/ip6?tables-restore --noflush <<RULES\n/)
    .map((part) => part.split("\nRULES")[0]);
  expect(v4.split("\n")).toEqual([
    "*filter",
    ":SLIPWAY-INPUT - [0:0]",
    ":SLIPWAY-FORWARD - [0:0]",
    "-A SLIPWAY-INPUT -i lo -j ACCEPT",
    "-A SLIPWAY-INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
    "-A SLIPWAY-INPUT -p icmp -j ACCEPT",
    "-A SLIPWAY-INPUT -p tcp --dport 22 -s 203.0.113.0/24 -j ACCEPT",
    "-A SLIPWAY-INPUT -p tcp -m multiport --dports 80,443 -j ACCEPT",
    "-A SLIPWAY-INPUT -p udp --dport 443 -j ACCEPT",
    "-A SLIPWAY-INPUT -p udp --sport 67 --dport 68 -j ACCEPT",
    "-A SLIPWAY-INPUT -p tcp --dport 5432 -s 172.29.0.0/16 -d 172.29.0.1 -j ACCEPT",
    "-A SLIPWAY-INPUT -j DROP",
    "-A SLIPWAY-FORWARD -d 169.254.169.254 -j DROP",
    "-A SLIPWAY-FORWARD -i $outside -m conntrack --ctstate NEW -j DROP",
    "COMMIT",
  ]);
  expect(v6).toContain("--dport 22 -s 2001:db8::/32 -j ACCEPT");
  expect(v6).not.toContain("203.0.113");
  expect(v6).not.toContain("5432");
});
