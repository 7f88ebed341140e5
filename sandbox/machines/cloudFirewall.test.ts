import { describe, expect, it } from "vitest";
import { cloudFirewall } from "./cloudFirewall";

describe("cloudFirewall", () => {
  it("without a firewall takes everything away", () => {
    expect(cloudFirewall(undefined)).toBe("add table inet sandbox_cloud\ndelete table inet sandbox_cloud\n");
  });

  it("lets pass what is permitted, replies and neighbour discovery, and drops the rest, both ways", () => {
    expect(
      cloudFirewall({
        inbound: [
          { protocol: "tcp", ports: "22", networks: ["192.0.2.0/24", "2001:db8::/32"] },
          { protocol: "udp", ports: "8000-9000", networks: ["198.51.100.7"] },
          { protocol: "icmp", ports: "all", networks: ["0.0.0.0/0", "::/0"] },
        ],
        outbound: [{ protocol: "tcp", ports: "all", networks: ["0.0.0.0/0"] }],
      }),
    ).toBe(`add table inet sandbox_cloud
delete table inet sandbox_cloud
table inet sandbox_cloud {
  chain inbound {
    type filter hook prerouting priority -149; policy accept;
    iifname != "eth0" accept
    ct state established,related accept
    icmpv6 type { nd-router-solicit, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert } accept
    ip saddr 192.0.2.0/24 tcp dport 22 accept
    ip6 saddr 2001:db8::/32 tcp dport 22 accept
    ip saddr 198.51.100.7 udp dport 8000-9000 accept
    ip saddr 0.0.0.0/0 meta l4proto icmp accept
    ip6 saddr ::/0 meta l4proto ipv6-icmp accept
    drop
  }
  chain outbound {
    type filter hook postrouting priority -149; policy accept;
    oifname != "eth0" accept
    ct state established,related accept
    icmpv6 type { nd-router-solicit, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert } accept
    ip daddr 0.0.0.0/0 meta l4proto tcp accept
    drop
  }
}
`);
  });

  it("keeps bans in their order and ends as its policies say", () => {
    const networks = ["0.0.0.0/0"];
    const text = cloudFirewall({
      inbound: [
        { protocol: "tcp", ports: "22", networks: ["192.0.2.7"], action: "drop" },
        { protocol: "tcp", ports: "22", networks },
        { protocol: "ipencap", ports: "all", networks, action: "drop" },
      ],
      outbound: [{ protocol: "icmp", ports: "all", networks, action: "drop" }],
      otherwise: { inbound: "drop", outbound: "accept" },
    });
    const lines = text.split("\n").map((line) => line.trim());
    const from = lines.indexOf("ip saddr 192.0.2.7 tcp dport 22 drop");
    expect(lines.slice(from, from + 5)).toEqual([
      "ip saddr 192.0.2.7 tcp dport 22 drop",
      "ip saddr 0.0.0.0/0 tcp dport 22 accept",
      "ip saddr 0.0.0.0/0 meta l4proto 4 drop",
      "drop",
      "}",
    ]);
    expect(lines.slice(-5)).toEqual(["ip daddr 0.0.0.0/0 meta l4proto icmp drop", "accept", "}", "}", ""]);
  });

  it("with no permission at all lets only replies pass", () => {
    expect(cloudFirewall({ inbound: [], outbound: [] })).not.toMatch(/[sd]addr/);
  });

  it.each(["", "any", "10.0.0.0/33", "10.0.0.0/8; flush ruleset", "::1/129"])("refuses the network %j", (network) => {
    const firewall = { inbound: [{ protocol: "tcp" as const, ports: "22", networks: [network] }], outbound: [] };
    expect(() => cloudFirewall(firewall)).toThrow(`a firewall's network is ${JSON.stringify(network)}`);
  });

  it.each(["", "ssh", "22,80", "22; drop", "1-2-3"])("refuses the ports %j", (ports) => {
    const firewall = { inbound: [], outbound: [{ protocol: "udp" as const, ports, networks: ["::/0"] }] };
    expect(() => cloudFirewall(firewall)).toThrow(`a firewall's ports are ${JSON.stringify(ports)}`);
  });
});
