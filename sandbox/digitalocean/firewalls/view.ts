import type { Cloud } from "../cloud";
import { apiTime } from "../ids";
import { firewallStatus, pendingChanges } from "./filters";
import type { FirewallRecord, Rule } from "./model";

/** A firewall as the API shows it. */
export function firewallView(cloud: Cloud, firewall: FirewallRecord) {
  const rules = (list: readonly Rule[], peers: "sources" | "destinations") =>
    list.map((rule) => ({ protocol: rule.protocol, ports: rule.ports, [peers]: rule.peers }));
  return {
    id: firewall.id,
    name: firewall.name,
    status: firewallStatus(cloud, firewall),
    inbound_rules: rules(firewall.inbound, "sources"),
    outbound_rules: rules(firewall.outbound, "destinations"),
    created_at: apiTime(firewall.created),
    droplet_ids: firewall.dropletIds,
    tags: firewall.tags,
    pending_changes: pendingChanges(cloud, firewall),
  };
}
