import { breachOf, type PlannedResource, type Rule } from "../rule";
import { openIn } from "../world";

const mend = "let in the machines that use it, and nobody else";

/** A managed database answers to the machines that use it. */
export const databaseOpen: Rule = {
  name: "database-open",
  description: "A managed database lets in the machines that use it, and nobody else.",
  ofResources(resources) {
    const firewalls = resources.filter(({ type }) => type === "digitalocean:index/databaseFirewall:DatabaseFirewall");
    return [
      ...firewalls.flatMap((firewall) => openTo(firewall, addressesOf(firewall.props.rules))),
      ...resources
        .filter(({ type }) => type.startsWith("linode:index/database"))
        .flatMap((cluster) => openTo(cluster, cluster.props.allowLists)),
      // One that has no list of its own lets everybody try.
      ...resources
        .filter(({ type }) => type === "digitalocean:index/databaseCluster:DatabaseCluster")
        .filter(({ urn }) => !firewalls.some(({ dependsOn }) => dependsOn.includes(urn)))
        .map((cluster) => breachOf(cluster, "has no DatabaseFirewall, so anybody may try to connect", mend)),
    ];
  },
};

function openTo(resource: PlannedResource, networks: unknown) {
  const open = openIn(Array.isArray(networks) ? networks : []);
  return open.length === 0 ? [] : [breachOf(resource, `${open.join(", ")} may connect`, mend)];
}

function addressesOf(rules: unknown): unknown[] {
  if (!Array.isArray(rules)) return [];
  return rules.map((rule: { type?: unknown; value?: unknown }) => (rule?.type === "ip_addr" ? rule.value : undefined));
}
