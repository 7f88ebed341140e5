import ipaddr from "ipaddr.js";
import { containerNetwork, hostInside } from "./addresses";

/**
 * Script for the host's own firewall: the second one, inside the machine, in case the cloud's is ever opened by hand.
 * Docker publishes ports past INPUT, so new connections from outside are refused in DOCKER-USER too, and containers
 * cannot reach the cloud's metadata service, which holds the machine's user data.
 * @param sshFrom networks that may open an SSH connection
 * @param sshPort where sshd listens
 */
export function hostFirewallScript(sshFrom: readonly string[], sshPort = 22): string {
  return `install -d -m 0755 /etc/slipway
cat > /etc/slipway/firewall.sh.new <<'END'
#!/bin/bash
set -euo pipefail
outside=$(ip -o route show default | awk '{ for (i = 1; i < NF; i++) if ($i == "dev") { print $(i + 1); exit } }')
iptables-restore --noflush <<RULES
${rules("v4", sshFrom, sshPort)}
RULES
ip6tables-restore --noflush <<RULES
${rules("v6", sshFrom, sshPort)}
RULES
for tables in iptables ip6tables; do
  $tables -w -C INPUT -j SLIPWAY-INPUT 2>/dev/null || $tables -w -I INPUT 1 -j SLIPWAY-INPUT
  $tables -w -N DOCKER-USER 2>/dev/null || true
  $tables -w -C DOCKER-USER -j SLIPWAY-FORWARD 2>/dev/null || $tables -w -I DOCKER-USER 1 -j SLIPWAY-FORWARD
done
END
cat > /etc/systemd/system/slipway-firewall.service.new <<'END'
[Unit]
Description=Firewall of the host
Before=docker.service network-online.target
After=network.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/bash /etc/slipway/firewall.sh

[Install]
WantedBy=multi-user.target
END
mv /etc/slipway/firewall.sh.new /etc/slipway/firewall.sh
mv /etc/systemd/system/slipway-firewall.service.new /etc/systemd/system/slipway-firewall.service
systemctl daemon-reload
systemctl enable --quiet slipway-firewall.service
systemctl restart slipway-firewall.service
`;
}

/** The same with its undoing: for a machine that outlives the stack. Its first argument is `make` or `drop`. */
export function passingFirewallScript(sshFrom: readonly string[], sshPort?: number): string {
  return `case "$1" in
make)
${hostFirewallScript(sshFrom, sshPort)}  ;;
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
  for chain in SLIPWAY-INPUT SLIPWAY-FORWARD; do
    $tables -w -F $chain 2>/dev/null || true
    $tables -w -X $chain 2>/dev/null || true
  done
done
rm -f /etc/slipway/firewall.sh /etc/systemd/system/slipway-firewall.service
systemctl daemon-reload`;

function rules(family: "v4" | "v6", sshFrom: readonly string[], sshPort: number): string {
  const ssh = sshFrom.filter((network) => familyOf(network) === family);
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
    ...(family === "v4"
      ? [`-A SLIPWAY-INPUT -p tcp --dport 5432 -s ${containerNetwork} -d ${hostInside} -j ACCEPT`]
      : []),
    "-A SLIPWAY-INPUT -j DROP",
    ...(family === "v4" ? ["-A SLIPWAY-FORWARD -d 169.254.169.254 -j DROP"] : []),
    "-A SLIPWAY-FORWARD -i $outside -m conntrack --ctstate NEW -j DROP",
    "COMMIT",
  ].join("\n");
}

function familyOf(network: string): "v4" | "v6" {
  return ipaddr.parse(network.split("/")[0] ?? network).kind() === "ipv4" ? "v4" : "v6";
}
