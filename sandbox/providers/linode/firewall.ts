import { texts } from "../bridged";
import type { Failure, Resource } from "../resource";
import type { Properties, Value } from "../wire";
import type { Answer, Api } from "./api";

const path = (id: string) => `networking/firewalls/${id}`;

function ruleBody(rule: Properties): object {
  const { label, action, protocol, ports, description } = rule;
  const addresses = { ipv4: rule.ipv4s, ipv6: rule.ipv6s };
  return { label, action, protocol, ports, description, addresses };
}

function rulesBody(inputs: Properties): object {
  const rules = (list: Value | undefined) => ((list ?? []) as readonly Properties[]).map(ruleBody);
  return {
    inbound: rules(inputs.inbounds),
    inbound_policy: inputs.inboundPolicy,
    outbound: rules(inputs.outbounds),
    outbound_policy: inputs.outboundPolicy,
  };
}

function ruleState(rule: Answer): Properties {
  const list = (property: string, addresses: string[] | undefined) =>
    addresses && addresses.length > 0 ? { [property]: addresses } : {};
  return {
    action: rule.action,
    description: rule.description ?? "",
    ...list("ipv4s", rule.addresses?.ipv4),
    ...list("ipv6s", rule.addresses?.ipv6),
    label: rule.label,
    ...(rule.ports ? { ports: rule.ports } : {}),
    protocol: rule.protocol,
  };
}

/** The firewall with what it stands before: the plugin asks for both each time. */
async function observed(api: Api, id: string, signal: AbortSignal): Promise<Properties | undefined> {
  const found = await api.find(path(id), signal);
  if (found === undefined) return undefined;
  const devices: Answer[] = (await api.get(`${path(id)}/devices?page_size=500`, signal)).data;
  const ids = (type: string) => devices.filter(({ entity }) => entity.type === type).map(({ entity }) => entity.id);
  return {
    created: `${found.created}Z`,
    devices: devices.map(
      ({ id: device, entity }): Properties => ({
        entityId: entity.id,
        id: device,
        label: entity.label,
        type: entity.type,
        url: entity.url,
      }),
    ),
    disabled: found.status === "disabled",
    inboundPolicy: found.rules.inbound_policy,
    inbounds: (found.rules.inbound ?? []).map(ruleState),
    label: found.label,
    linodes: ids("linode"),
    nodebalancers: ids("nodebalancer"),
    outboundPolicy: found.rules.outbound_policy,
    outbounds: (found.rules.outbound ?? []).map(ruleState),
    status: found.status,
    tags: found.tags ?? [],
    updated: `${found.updated}Z`,
  };
}

async function required(api: Api, id: string, signal: AbortSignal): Promise<Properties> {
  const found = await observed(api, id, signal);
  if (found === undefined) throw new Error(`the firewall ${id} is gone`);
  return found;
}

/** Puts the firewall before these Linodes and no others. */
async function move(api: Api, id: string, wanted: Value | undefined, signal: AbortSignal): Promise<void> {
  const devices: Answer[] = (await api.get(`${path(id)}/devices?page_size=500`, signal)).data;
  const linodes = (wanted ?? []) as readonly number[];
  const there = devices.filter(({ entity }) => entity.type === "linode");
  for (const { id: device } of there.filter(({ entity }) => !linodes.includes(entity.id))) {
    await api.delete(`${path(id)}/devices/${device}`, signal);
  }
  for (const linode of linodes.filter((one) => !there.some(({ entity }) => entity.id === one))) {
    await api.post(`${path(id)}/devices`, { id: linode, type: "linode" }, signal);
  }
}

/** The checks that the real plugin makes before it asks the API. */
function mistakes(inputs: Properties): Failure[] {
  const named = (property: string, text: Value | undefined): Failure[] =>
    String(text).length >= 3 && String(text).length <= 32
      ? []
      : [{ property: "label", reason: `${property} is ${JSON.stringify(text)}; it must have 3 to 32 letters` }];
  const rules = ["inbounds", "outbounds"].flatMap((property) =>
    ((inputs[property] ?? []) as readonly Properties[]).flatMap((rule, at) =>
      named(`${property}[${at}].label`, rule.label),
    ),
  );
  return [...named("label", inputs.label), ...rules];
}

/** A cloud firewall. */
export function firewall(api: () => Api): Resource {
  return {
    required: ["inboundPolicy", "label", "outboundPolicy"],
    replaceOn: [],
    computed: ["created", "devices", "status", "updated"],
    changing: ["updated"],
    chosen: ["linodes", "nodebalancers"],
    defaults: { disabled: false, tags: [] },
    sets: ["linodes", "nodebalancers", "tags"],
    compare: "state",
    kept: (property, value) =>
      property === "inbounds" || property === "outbounds"
        ? (value as readonly Properties[]).map((rule) => ({ ...rule, description: rule.description ?? "" }))
        : value,
    mistakes,
    async create(inputs, { signal }) {
      const { id } = await api().post(
        "networking/firewalls",
        {
          label: inputs.label,
          tags: texts(inputs.tags),
          rules: rulesBody(inputs),
          devices: { linodes: inputs.linodes ?? [], nodebalancers: inputs.nodebalancers ?? [] },
        },
        signal,
      );
      if (inputs.disabled === true) await api().put(path(String(id)), { status: "disabled" }, signal);
      return { id: String(id), outputs: await required(api(), String(id), signal) };
    },
    read: (id, _state, { signal }) => observed(api(), id, signal),
    async update(id, old, inputs, { signal }) {
      const body = {
        label: inputs.label,
        tags: texts(inputs.tags),
        status: inputs.disabled === true ? "disabled" : "enabled",
      };
      await api().put(path(id), body, signal);
      const rules = JSON.stringify(rulesBody(inputs));
      if (rules !== JSON.stringify(rulesBody(old))) await api().put(`${path(id)}/rules`, JSON.parse(rules), signal);
      if (inputs.linodes !== undefined) await move(api(), id, inputs.linodes, signal);
      return required(api(), id, signal);
    },
    async delete(id, _state, { signal }) {
      await api().delete(path(id), signal);
    },
  };
}
