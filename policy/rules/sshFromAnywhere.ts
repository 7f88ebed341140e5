import { type Breach, breach, breachOf, type PlannedResource, type Rule } from "../rule";
import { openIn, takesIn } from "../world";

const mend = "name the networks you log in from, e.g. slipway:host.sshFrom: [203.0.113.0/24]";

/** SSH answers only to networks that somebody has named. */
export const sshFromAnywhere: Rule = {
  name: "ssh-from-anywhere",
  description: "SSH is open to the networks you log in from, not to the world.",
  ofSettings({ host }) {
    const open = openIn(host.sshFrom);
    return open.length === 0
      ? []
      : [breach("slipway:host.sshFrom", `${open.join(", ")} lets anybody try to log in`, mend)];
  },
  ofResources(resources, facts) {
    // What the settings open has been told.
    if (openIn(facts.host.sshFrom).length > 0) return [];
    const firewalls = resources.map((resource) => ({ resource, networks: letIn(resource) }));
    const alone = firewalls.flatMap(({ resource, networks }) => breachOfFirewall(resource, networks) ?? []);
    if (alone.length > 0) return alone;
    // Several that each let in a part: a machine can be behind all of them.
    const together = firewalls.flatMap(({ networks }) => networks);
    return firewalls.flatMap(({ resource, networks }) =>
      networks.length === 0 ? [] : (breachOfFirewall(resource, together) ?? []),
    );
  },
};

const everybody = "everybody by its policy";

function breachOfFirewall(resource: PlannedResource, networks: readonly unknown[]): Breach | undefined {
  const open = networks.includes(everybody) ? [everybody] : openIn(networks);
  if (open.length === 0) return undefined;
  return breachOf(resource, `port 22 is open to ${open.join(", ")}`, mend);
}

/** The networks that may open a connection to port 22. */
function letIn({ type, props }: PlannedResource): unknown[] {
  if (type === "digitalocean:index/firewall:Firewall") {
    return rules(props.inboundRules)
      .filter(({ protocol, portRange }) => protocol === "tcp" && takesIn(portRange, 22))
      .flatMap(({ sourceAddresses }) => list(sourceAddresses));
  }
  if (type === "linode:index/firewall:Firewall") {
    if (props.inboundPolicy === "ACCEPT") return [everybody];
    return rules(props.inbounds)
      .filter(({ action, protocol, ports }) => action === "ACCEPT" && protocol === "TCP" && takesIn(ports, 22))
      .flatMap(({ ipv4s, ipv6s }) => [...list(ipv4s), ...list(ipv6s)]);
  }
  return [];
}

function rules(value: unknown): Record<string, unknown>[] {
  return list(value).filter((one): one is Record<string, unknown> => typeof one === "object" && one !== null);
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
