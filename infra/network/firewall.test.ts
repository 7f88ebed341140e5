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

/** The rules of each family, as the script hands them on. */
function rulesOf(script: string): { v4: string[]; v6: string[] } {
  const [, v4 = "", v6 = ""] = script
    .split(/ip6?tables-restore -w --noflush <<RULES\n/)
    .map((part) => part.split("\nRULES")[0]);
  return { v4: v4.split("\n"), v6: v6.split("\n") };
}

it("closes the host in the same way, containers off from the metadata service, and every link but the engine's bridges from containers", () => {
  const { v4, v6 } = rulesOf(hostFirewallScript({ sshFrom: ["203.0.113.0/24", "2001:db8::/32"] }));
  const postgres = (link: string) => `-A SLIPWAY-INPUT -i ${link} -p tcp --dport 5432 -s 172.29.0.0/16 -d 172.29.0.1`;
  const tooMany = "--syn -m connlimit --connlimit-above 64 --connlimit-mask 26 -j REJECT --reject-with tcp-reset";
  expect(v4).toEqual([
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
    `${postgres("docker0")} ${tooMany}`,
    `${postgres("docker0")} -j ACCEPT`,
    `${postgres("br-+")} ${tooMany}`,
    `${postgres("br-+")} -j ACCEPT`,
    "-A SLIPWAY-INPUT -j DROP",
    "-A SLIPWAY-FORWARD -d 169.254.0.0/16 -j DROP",
    "-A SLIPWAY-FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN",
    "-A SLIPWAY-FORWARD -i docker0 -s 172.29.0.0/16 -j RETURN",
    "-A SLIPWAY-FORWARD -i br-+ -s 172.29.0.0/16 -j RETURN",
    "-A SLIPWAY-FORWARD -d 172.29.0.0/16 -j DROP",
    "COMMIT",
  ]);
  expect(v6).toEqual([
    "*filter",
    ":SLIPWAY-INPUT - [0:0]",
    ":SLIPWAY-FORWARD - [0:0]",
    "-A SLIPWAY-INPUT -i lo -j ACCEPT",
    "-A SLIPWAY-INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
    "-A SLIPWAY-INPUT -p ipv6-icmp -j ACCEPT",
    "-A SLIPWAY-INPUT -p tcp --dport 22 -s 2001:db8::/32 -j ACCEPT",
    "-A SLIPWAY-INPUT -p tcp -m multiport --dports 80,443 -j ACCEPT",
    "-A SLIPWAY-INPUT -p udp --dport 443 -j ACCEPT",
    "-A SLIPWAY-INPUT -p udp --dport 546 -j ACCEPT",
    "-A SLIPWAY-INPUT -j DROP",
    "-A SLIPWAY-FORWARD -d fd00:a9fe:a9fe::/48 -j DROP",
    "-A SLIPWAY-FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN",
    "-A SLIPWAY-FORWARD -i docker0 -j DROP",
    "-A SLIPWAY-FORWARD -o docker0 -j DROP",
    "-A SLIPWAY-FORWARD -i br-+ -j DROP",
    "-A SLIPWAY-FORWARD -o br-+ -j DROP",
    "COMMIT",
  ]);
});

it("lets as many connections to Postgres through as an app was given by name", () => {
  const limits = (connections?: number) =>
    rulesOf(hostFirewallScript({ sshFrom: [], connections }))
      .v4.join("\n")
      .match(/--connlimit-above \d+/g);
  expect(limits(20)).toEqual(["--connlimit-above 64", "--connlimit-above 64"]);
  expect(limits(150)).toEqual(["--connlimit-above 150", "--connlimit-above 150"]);
});

it("asks for no route, and is in force before any link is", () => {
  const script = hostFirewallScript({ sshFrom: [] });
  expect(script).not.toMatch(/ip (-o )?route|\$outside/);
  expect(script).toMatch(
    /DefaultDependencies=no\n(.*\n)*Before=network-pre\.target .*\n(.*\n)*WantedBy=sysinit\.target/,
  );
});
