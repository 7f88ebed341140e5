import { type Breach, breach, breachOf, type PlannedResource, type Rule } from "../rule";
import { isWorld, takesIn } from "../world";

const mend = "name the networks you log in from, e.g. slipway:host.sshFrom: [203.0.113.0/24]";

/** SSH answers only to networks that somebody has named. */
export const sshFromAnywhere: Rule = {
  name: "ssh-from-anywhere",
  description: "SSH is open to the networks you log in from, not to the world.",
  ofSettings({ host }) {
    const open = host.sshFrom.filter(isWorld);
    return open.length === 0
      ? []
      : [breach("slipway:host.sshFrom", `${open.join(", ")} lets anybody try to log in`, mend)];
  },
  ofResources(resources, facts) {
    // What the settings open has been told.
    if (facts.host.sshFrom.some(isWorld)) return [];
    return resources.flatMap((resource) => breachOfFirewall(resource) ?? []);
  },
};

function breachOfFirewall(resource: PlannedResource): Breach | undefined {
  const open = openTo(resource);
  if (open.length === 0) return undefined;
  return breachOf(resource, `port 22 is open to ${[...new Set(open)].join(", ")}`, mend);
}

function openTo({ type, props }: PlannedResource): unknown[] {
  if (type === "digitalocean:index/firewall:Firewall") {
    return rules(props.inboundRules)
      .filter(({ protocol, portRange }) => protocol === "tcp" && takesIn(portRange, 22))
      .flatMap(({ sourceAddresses }) => list(sourceAddresses).filter(isWorld));
  }
  if (type === "linode:index/firewall:Firewall") {
    if (props.inboundPolicy === "ACCEPT") return ["everybody by its policy"];
    return rules(props.inbounds)
      .filter(({ action, protocol, ports }) => action === "ACCEPT" && protocol === "TCP" && takesIn(ports, 22))
      .flatMap(({ ipv4s, ipv6s }) => [...list(ipv4s), ...list(ipv6s)].filter(isWorld));
  }
  return [];
}

function rules(value: unknown): Record<string, unknown>[] {
  return list(value).filter((one): one is Record<string, unknown> => typeof one === "object" && one !== null);
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
