import { completion, texts, withoutNotes } from "../bridged";
import type { Failure, Resource } from "../resource";
import type { Properties, Value } from "../wire";
import type { Answer, Api } from "./api";

/** A rule's far ends: the API's name, and the end of the property's name after `source` or `destination`. */
const ends = [
  ["addresses", "Addresses"],
  ["tags", "Tags"],
  ["droplet_ids", "DropletIds"],
  ["load_balancer_uids", "LoadBalancerUids"],
  ["kubernetes_ids", "KubernetesIds"],
] as const;

type Side = "source" | "destination";

function ruleBody(rule: Properties, side: Side): object {
  const far = ends.flatMap(([field, suffix]) => {
    const list = rule[`${side}${suffix}`];
    return Array.isArray(list) && list.length > 0 ? [[field, list]] : [];
  });
  return { protocol: rule.protocol, ports: rule.portRange ?? "", [`${side}s`]: Object.fromEntries(far) };
}

function ruleState(rule: Answer, side: Side): Properties {
  const far = ends.flatMap(([field, suffix]) => {
    const list = rule[`${side}s`]?.[field];
    return Array.isArray(list) && list.length > 0 ? [[`${side}${suffix}`, list]] : [];
  });
  // The API says 0 for every port, and for a protocol that has none.
  const every = rule.ports === "0" || rule.ports === "" || rule.ports === undefined;
  const portRange = every ? (rule.protocol === "icmp" ? undefined : "all") : rule.ports;
  return { ...(portRange === undefined ? {} : { portRange }), protocol: rule.protocol, ...Object.fromEntries(far) };
}

function body(inputs: Properties): object {
  const rules = (property: string, side: Side) =>
    ((inputs[property] ?? []) as readonly Properties[]).map((rule) => ruleBody(rule, side));
  return {
    name: inputs.name,
    inbound_rules: rules("inboundRules", "source"),
    outbound_rules: rules("outboundRules", "destination"),
    droplet_ids: inputs.dropletIds ?? [],
    tags: texts(inputs.tags),
  };
}

function state({ firewall }: Answer): Properties {
  return {
    createdAt: firewall.created_at,
    dropletIds: firewall.droplet_ids ?? [],
    inboundRules: (firewall.inbound_rules ?? []).map((rule: Answer) => ruleState(rule, "source")),
    name: firewall.name,
    outboundRules: (firewall.outbound_rules ?? []).map((rule: Answer) => ruleState(rule, "destination")),
    pendingChanges: (firewall.pending_changes ?? []).map(
      (change: Answer): Properties => ({
        dropletId: change.droplet_id,
        removing: change.removing,
        status: change.status,
      }),
    ),
    status: firewall.status,
    tags: firewall.tags ?? [],
  };
}

function mistakes(inputs: Properties): Failure[] {
  const lists = ["inboundRules", "outboundRules"].map(
    (property) => [property, (inputs[property] ?? []) as readonly Value[]] as const,
  );
  if (lists.every(([, rules]) => rules.length === 0)) {
    return [
      { property: "inboundRules", reason: "a firewall needs at least one rule in inboundRules or outboundRules" },
    ];
  }
  return lists.flatMap(([property, rules]) =>
    rules.flatMap((rule, at) => {
      const { protocol, portRange } = rule as Properties;
      if (protocol === "icmp" || portRange) return [];
      return [
        {
          property,
          reason: `${property}[${at}].portRange is missing; ${protocol} needs one, e.g. "443", "8000-9000" or "all"`,
        },
      ];
    }),
  );
}

/** A cloud firewall. */
export function firewall(api: () => Api): Resource {
  const path = (id: string) => `v2/firewalls/${id}`;
  return {
    required: [],
    replaceOn: [],
    computed: ["createdAt", "pendingChanges", "status"],
    compare: "state",
    uniqueName: true,
    sets: ["dropletIds", "inboundRules", "outboundRules", "tags"],
    complete: completion({}, { maxLength: 255 }),
    mistakes,
    async create(inputs, { signal }) {
      const made = await api().post("v2/firewalls", body(withoutNotes(inputs)), signal);
      return { id: made.firewall.id, outputs: state(await api().get(path(made.firewall.id), signal)) };
    },
    async read(id, _state, { signal }) {
      const found = await api().find(path(id), signal);
      return found && state(found);
    },
    async update(id, _state, inputs, { signal }) {
      await api().put(path(id), body(withoutNotes(inputs)), signal);
      return state(await api().get(path(id), signal));
    },
    async delete(id, _state, { signal }) {
      if ((await api().find(path(id), signal)) !== undefined) await api().delete(path(id), signal);
    },
  };
}
