import ipaddr from "ipaddr.js";
import { appNetworks, containerNetwork, hostInside } from "./addresses";

/** How many connections to the host's Postgres one app's containers may have open, logged in or not, unless an app is to have more. */
const postgresPerApp = 64;

/** What the host's firewall lets in. */
export interface HostFirewallOrder {
  /** Networks that may open an SSH connection. */
  readonly sshFrom: readonly string[];
  /** Where sshd listens. @default 22 */
  readonly sshPort?: number | undefined;
  /** The most connections that an app's role may have in the host's Postgres. @default `postgresPerApp` */
  readonly connections?: number | undefined;
}

/**
 * Script for the host's own firewall: the second one, inside the machine, in case the cloud's is ever opened by hand. Every link but the container
 * engine's bridges is outside, whatever it is called and wherever the default route leads: nothing here asks for a route, so the rules are in force
 * before the first link is. Docker publishes ports past INPUT, so new connections from outside are refused in DOCKER-USER too, and containers cannot
 * reach the cloud's metadata service, which holds the machine's user data.
 */
export function hostFirewallScript(order: HostFirewallOrder): string {
  return `install -d -m 0755 /etc/slipway
cat > /etc/slipway/firewall.sh.new <<'END'
#!/bin/bash
set -euo pipefail
iptables-restore -w --noflush <<RULES
${rules("v4", order)}
RULES
ip6tables-restore -w --noflush <<RULES
${rules("v6", order)}
RULES
for tables in iptables ip6tables; do
  $tables -w -C INPUT -j SLIPWAY-INPUT 2>/dev/null || $tables -w -I INPUT 1 -j SLIPWAY-INPUT
  $tables -w -N DOCKER-USER 2>/dev/null || true
  $tables -w -C DOCKER-USER -j SLIPWAY-FORWARD 2>/dev/null || $tables -w -I DOCKER-USER 1 -j SLIPWAY-FORWARD
done
# The engine leads nothing of IPv6 through DOCKER-USER unless it is told to look after IPv6.
ip6tables -w -C FORWARD -j SLIPWAY-FORWARD 2>/dev/null || ip6tables -w -I FORWARD 1 -j SLIPWAY-FORWARD
END
cat > /etc/systemd/system/slipway-firewall.service.new <<'END'
[Unit]
Description=Firewall of the host
DefaultDependencies=no
After=local-fs.target
Wants=network-pre.target
Before=network-pre.target docker.service shutdown.target
Conflicts=shutdown.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/bash /etc/slipway/firewall.sh

[Install]
WantedBy=sysinit.target
END
mv /etc/slipway/firewall.sh.new /etc/slipway/firewall.sh
mv /etc/systemd/system/slipway-firewall.service.new /etc/systemd/system/slipway-firewall.service
systemctl daemon-reload
systemctl reenable --quiet slipway-firewall.service
systemctl restart slipway-firewall.service
`;
}

/** The same with its undoing: for a machine that outlives the stack. Its first argument is `make` or `drop`. */
export function passingFirewallScript(order: HostFirewallOrder): string {
  return `case "$1" in
make)
${hostFirewallScript(order)}  ;;
drop)
${removeHostFirewallText}
  ;;
esac
`;
}

/** Takes the host's own firewall away; nothing happens where it is gone. */
const removeHostFirewallText = `systemctl disable --quiet --now slipway-firewall.service 2>/dev/null || true
for tables in iptables ip6tables; do
  while $tables -w -D INPUT -j SLIPWAY-INPUT 2>/dev/null; do :; done
  while $tables -w -D DOCKER-USER -j SLIPWAY-FORWARD 2>/dev/null; do :; done
  while $tables -w -D FORWARD -j SLIPWAY-FORWARD 2>/dev/null; do :; done
  for chain in SLIPWAY-INPUT SLIPWAY-FORWARD; do
    $tables -w -F $chain 2>/dev/null || true
    $tables -w -X $chain 2>/dev/null || true
  done
done
rm -f /etc/slipway/firewall.sh /etc/systemd/system/slipway-firewall.service
systemctl daemon-reload`;

/** Links of the container engine's: its own bridge, and one for each network. Only what comes from one with an address of the engine's is inside. */
const bridges = ["docker0", "br-+"] as const;

/** Where clouds tell a machine of itself: DigitalOcean and Linode alike, and Linode by IPv6. */
const metadata = { v4: "169.254.0.0/16", v6: "fd00:a9fe:a9fe::/48" } as const;

function rules(family: "v4" | "v6", { sshFrom, sshPort = 22, connections = 0 }: HostFirewallOrder): string {
  const ssh = sshFrom.filter((network) => familyOf(network) === family);
  const perApp = Math.max(postgresPerApp, connections);
  const postgres = bridges.flatMap((bridge) => {
    const asked = `-A SLIPWAY-INPUT -i ${bridge} -p tcp --dport 5432 -s ${containerNetwork} -d ${hostInside}`;
    return [
      `${asked} --syn -m connlimit --connlimit-above ${perApp} --connlimit-mask ${appNetworks.size} -j REJECT --reject-with tcp-reset`,
      `${asked} -j ACCEPT`,
    ];
  });
  // Containers have no addresses of IPv6, so nothing of it is theirs: it is told by the link alone.
  const inside = bridges.map((bridge) => `-A SLIPWAY-FORWARD -i ${bridge} -s ${containerNetwork} -j RETURN`);
  const outside =
    family === "v4" ? [`-d ${containerNetwork}`] : bridges.flatMap((link) => [`-i ${link}`, `-o ${link}`]);
  return [
    "*filter",
    ":SLIPWAY-INPUT - [0:0]",
    ":SLIPWAY-FORWARD - [0:0]",
    "-A SLIPWAY-INPUT -i lo -j ACCEPT",
    "-A SLIPWAY-INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
    `-A SLIPWAY-INPUT -p ${family === "v4" ? "icmp" : "ipv6-icmp"} -j ACCEPT`,
    ...ssh.map((network) => `-A SLIPWAY-INPUT -p tcp --dport ${sshPort} -s ${network} -j ACCEPT`),
    "-A SLIPWAY-INPUT -p tcp -m multiport --dports 80,443 -j ACCEPT",
    "-A SLIPWAY-INPUT -p udp --dport 443 -j ACCEPT",
    family === "v4"
      ? "-A SLIPWAY-INPUT -p udp --sport 67 --dport 68 -j ACCEPT"
      : "-A SLIPWAY-INPUT -p udp --dport 546 -j ACCEPT",
    ...(family === "v4" ? postgres : []),
    "-A SLIPWAY-INPUT -j DROP",
    `-A SLIPWAY-FORWARD -d ${metadata[family]} -j DROP`,
    "-A SLIPWAY-FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN",
    ...(family === "v4" ? inside : []),
    ...outside.map((where) => `-A SLIPWAY-FORWARD ${where} -j DROP`),
    "COMMIT",
  ].join("\n");
}

function familyOf(network: string): "v4" | "v6" {
  return ipaddr.parse(network.split("/")[0] ?? network).kind() === "ipv4" ? "v4" : "v6";
}
