import type { Firewall, FirewallPermission } from "../../machines/machines";
import { type Droplet, liveDroplets } from "../droplets/model";
import type { State } from "../state";

/** Where the packets of a rule come from or go to. Lists that were not given stay absent. */
export interface Peers {
  addresses?: string[];
  droplet_ids?: number[];
  tags?: string[];
}

/** A rule as the API keeps it. `ports` is `0` for all, a port, or a range. */
export interface Rule {
  protocol: "tcp" | "udp" | "icmp";
  ports: string;
  peers: Peers;
}

/** A cloud firewall on record. */
export interface FirewallRecord {
  readonly id: string;
  name: string;
  /** Milliseconds since 1970. */
  readonly created: number;
  inbound: Rule[];
  outbound: Rule[];
  dropletIds: number[];
  /** Tags whose droplets it covers. */
  tags: string[];
}

/** Whether a firewall covers a droplet, by its id or by one of its tags. */
export function covers(firewall: FirewallRecord, droplet: Droplet): boolean {
  return firewall.dropletIds.includes(droplet.id) || firewall.tags.some((tag) => bears(droplet.tags, tag));
}

/** Whether a tag is among others; capitals make no difference. */
export function bears(tags: readonly string[], tag: string): boolean {
  return tags.some((known) => known.toLowerCase() === tag.toLowerCase());
}

/**
 * What may pass at a droplet: the rules of every firewall that covers it, added up, with droplets and tags resolved to
 * addresses. `undefined` when none covers it: everything passes.
 */
export function resolve(state: State, droplet: Droplet): Firewall | undefined {
  const covering = state.firewalls.filter((firewall) => covers(firewall, droplet));
  if (covering.length === 0) return undefined;
  const permissions = (rules: readonly Rule[]) => rules.flatMap((rule) => permission(state, rule));
  return {
    inbound: permissions(covering.flatMap((firewall) => firewall.inbound)),
    outbound: permissions(covering.flatMap((firewall) => firewall.outbound)),
  };
}

function permission(state: State, rule: Rule): FirewallPermission[] {
  const { addresses = [], droplet_ids: ids = [], tags = [] } = rule.peers;
  const peers = liveDroplets(state).filter(
    (droplet) => ids.includes(droplet.id) || tags.some((tag) => bears(droplet.tags, tag)),
  );
  const networks = [...new Set([...addresses, ...peers.map((peer) => peer.address)])];
  if (networks.length === 0) return [];
  return [{ protocol: rule.protocol, ports: rule.ports === "0" ? "all" : rule.ports, networks }];
}
