import { completion } from "../bridged";
import type { Failure, Resource } from "../resource";
import type { Properties, Value } from "../wire";
import { type Answer, type Api, ApiError } from "./api";

/** Types whose value is a host name, written with a final dot. */
const HOSTS = ["CAA", "CNAME", "MX", "NS", "SRV"];
const TYPES = ["A", "AAAA", "CAA", "CNAME", "MX", "NS", "SOA", "SRV", "TXT"];
/** What each type can't do without, beside what every record needs. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  MX: ["priority"],
  SRV: ["priority", "weight", "port"],
  CAA: ["flags", "tag"],
};

const path = (domain: Value | undefined, id?: string) =>
  `v2/domains/${encodeURIComponent(String(domain))}/records${id === undefined ? "" : `/${id}`}`;

/** A record of a zone. */
export function dnsRecord(api: () => Api): Resource {
  const state = (old: Properties, { domain_record: found }: Answer): Properties => {
    const host = HOSTS.includes(found.type) && found.data !== "@" && found.tag !== "iodef";
    const domain = String(old.domain);
    return {
      domain,
      flags: found.flags ?? 0,
      fqdn: found.name === "@" ? domain : `${found.name}.${domain}`,
      name: found.name,
      port: found.port ?? 0,
      priority: found.priority ?? 0,
      ...(found.tag ? { tag: found.tag } : {}),
      ttl: found.ttl,
      type: found.type,
      value: host ? `${found.data}.` : found.data,
      weight: found.weight ?? 0,
    };
  };
  const body = ({ name, value, port = 0, priority = 0, ttl, weight = 0, flags = 0, tag }: Properties) => ({
    name,
    data: value,
    priority,
    port,
    ttl,
    weight,
    flags,
    tag,
  });
  return {
    required: ["domain", "type", "value", "name"],
    replaceOn: ["domain", "type"],
    computed: ["fqdn"],
    changing: ["fqdn"],
    chosen: ["ttl"],
    defaults: { flags: 0, port: 0, priority: 0, weight: 0 },
    compare: "state",
    complete: completion({}),
    mistakes,
    async create(inputs, { signal }) {
      const made = await api().post(path(inputs.domain), { type: inputs.type, ...body(inputs) }, signal);
      const id = String(made.domain_record.id);
      return { id, outputs: state(inputs, await api().get(path(inputs.domain, id), signal)) };
    },
    async read(id, old, { signal }) {
      const found = await api().find(path(old.domain, id), signal);
      return found && state(old, found);
    },
    async update(id, _old, inputs, { signal }) {
      await api().put(path(inputs.domain, id), body(inputs), signal);
      return state(inputs, await api().get(path(inputs.domain, id), signal));
    },
    async delete(id, old, { signal }) {
      try {
        await api().delete(path(old.domain, id), signal);
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 404) throw error;
      }
    },
  };
}

function mistakes(inputs: Properties): readonly Failure[] {
  const type = String(inputs.type);
  if (!TYPES.includes(type)) {
    return [{ property: "type", reason: `type is ${JSON.stringify(type)}; allowed: ${TYPES.join(", ")}` }];
  }
  return (NEEDS[type] ?? [])
    .filter((property) => inputs[property] === undefined)
    .map((property) => ({ property, reason: `${property} is required when type is ${type}` }));
}
