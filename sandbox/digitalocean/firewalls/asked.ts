import ipaddr from "ipaddr.js";
import { z } from "zod";
import { beyondSandbox, unprocessable } from "../errors";
import type { State } from "../state";
import { findTag } from "../tags/model";
import type { Peers, Rule } from "./model";

const AskedPeers = z.object({
  addresses: z.array(z.string()).nullish(),
  droplet_ids: z.array(z.number().int()).nullish(),
  tags: z.array(z.string()).nullish(),
  load_balancer_uids: z.array(z.string()).nullish(),
  kubernetes_ids: z.array(z.string()).nullish(),
});
const ports = z
  .union([z.string(), z.number()])
  .transform((value) => String(value))
  .nullish();
const Inbound = z.object({ protocol: z.string(), ports, sources: AskedPeers.nullish() });
const Outbound = z.object({ protocol: z.string(), ports, destinations: AskedPeers.nullish() });

/** Rules as requests bring them. */
export const AskedRules = z.object({
  inbound_rules: z.array(Inbound).nullish(),
  outbound_rules: z.array(Outbound).nullish(),
});
/** A whole firewall as requests bring it. */
export const AskedFirewall = AskedRules.extend({
  name: z
    .string({ error: "name is required" })
    .regex(
      /^[a-zA-Z0-9][a-zA-Z0-9.-]*$/,
      "name must begin alphanumeric and hold only alphanumerics, dashes and periods",
    ),
  droplet_ids: z.array(z.number().int()).nullish(),
  tags: z.array(z.string()).nullish(),
});

/** The rules of a request as they are kept. Throws the API's 422 on what cannot be one. */
export function rulesFrom(state: State, asked: z.infer<typeof AskedRules>): { inbound: Rule[]; outbound: Rule[] } {
  return {
    inbound: (asked.inbound_rules ?? []).map((rule) => ruleFrom(state, rule, rule.sources)),
    outbound: (asked.outbound_rules ?? []).map((rule) => ruleFrom(state, rule, rule.destinations)),
  };
}

/** Throws the API's 422 for a tag that does not exist. */
export function knownTags(state: State, tags: readonly string[]): string[] {
  return tags.map((tag) => {
    const known = findTag(state, tag);
    if (known === undefined) throw unprocessable(`tag ${JSON.stringify(tag)} does not exist`);
    return known;
  });
}

/** Throws the API's 422 for a droplet that does not exist. */
export function knownDroplets(state: State, ids: readonly number[]): number[] {
  for (const id of ids) {
    if (!state.droplets.some((droplet) => droplet.id === id && !droplet.destroying)) {
      throw unprocessable(`droplet ${id} does not exist`);
    }
  }
  return [...new Set(ids)];
}

function ruleFrom(
  state: State,
  asked: { protocol: string; ports?: string | null | undefined },
  peers: z.infer<typeof AskedPeers> | null | undefined,
): Rule {
  const { protocol } = asked;
  if (protocol !== "tcp" && protocol !== "udp" && protocol !== "icmp") {
    throw unprocessable(`protocol ${JSON.stringify(protocol)} is invalid: one of tcp, udp, icmp`);
  }
  return { protocol, ports: portsFrom(protocol, asked.ports ?? ""), peers: peersFrom(state, peers ?? {}) };
}

/** The API tells `0` where all ports were asked for, and for ICMP. */
function portsFrom(protocol: string, asked: string): string {
  if (protocol === "icmp" || asked === "all" || asked === "0") return "0";
  const range = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(asked);
  const first = Number(range?.[1]);
  const last = Number(range?.[2] ?? range?.[1]);
  if (!range || first < 1 || last > 65535 || first > last) {
    throw unprocessable(`ports ${JSON.stringify(asked)} is invalid: a port, a range such as 8000-9000, or all`);
  }
  return asked;
}

function peersFrom(state: State, asked: z.infer<typeof AskedPeers>): Peers {
  if (asked.load_balancer_uids?.length) throw beyondSandbox("firewall rules by load_balancer_uids, for it has none");
  if (asked.kubernetes_ids?.length) throw beyondSandbox("firewall rules by kubernetes_ids, for it has none");
  for (const address of asked.addresses ?? []) {
    if (!ipaddr.isValid(address) && !ipaddr.isValidCIDR(address)) {
      throw unprocessable(`invalid address ${JSON.stringify(address)}`);
    }
  }
  return {
    ...(asked.addresses?.length ? { addresses: asked.addresses } : {}),
    ...(asked.droplet_ids?.length ? { droplet_ids: knownDroplets(state, asked.droplet_ids) } : {}),
    ...(asked.tags?.length ? { tags: knownTags(state, asked.tags) } : {}),
  };
}
