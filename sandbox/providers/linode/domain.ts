import { completion, texts } from "../bridged";
import type { Call, Resource } from "../resource";
import type { Properties } from "../wire";
import type { Answer, Api } from "./api";

/** Inputs that go to the API under a name of its own, as they are. */
const fields = {
  description: "description",
  domain: "domain",
  expireSec: "expire_sec",
  group: "group",
  refreshSec: "refresh_sec",
  retrySec: "retry_sec",
  soaEmail: "soa_email",
  status: "status",
  ttlSec: "ttl_sec",
  type: "type",
} as const;

/** A zone as the state keeps it. */
function shown(found: Answer): Properties {
  return {
    ...Object.fromEntries(Object.entries(fields).map(([property, field]) => [property, found[field]])),
    axfrIps: found.axfr_ips ?? [],
    masterIps: found.master_ips ?? [],
    tags: found.tags ?? [],
  };
}

/** A DNS zone. */
export function domain(api: () => Api): Resource {
  const path = (id: string) => `domains/${id}`;
  const body = (inputs: Properties): object => ({
    ...Object.fromEntries(
      Object.entries(fields).flatMap(([property, field]) =>
        inputs[property] === undefined ? [] : [[field, inputs[property]]],
      ),
    ),
    tags: texts(inputs.tags),
    master_ips: texts(inputs.masterIps),
    axfr_ips: texts(inputs.axfrIps),
  });
  return {
    required: ["domain", "type"],
    replaceOn: ["type"],
    computed: [],
    chosen: ["status", "tags"],
    sets: ["axfrIps", "masterIps", "tags"],
    compare: "state",
    complete: completion({}),
    async create(inputs, { signal }) {
      const made = await api().post("domains", body(inputs), signal);
      return { id: String(made.id), outputs: shown(made) };
    },
    async read(id, _state, { signal }) {
      const found = await api().find(path(id), signal);
      return found && shown(found);
    },
    async update(id, _state, inputs, { signal }) {
      return shown(await api().put(path(id), body(inputs), signal));
    },
    async delete(id, _state, { signal }) {
      await api().delete(path(id), signal);
    },
  };
}

/** Finds a zone by its id or its name. */
export function findDomain(api: () => Api) {
  return async ({ id, domain: name }: Properties, { signal }: Call): Promise<Properties> => {
    const { data } = await api().get("domains?page_size=500", signal);
    const found = data.find((known: Answer) => (id === undefined ? known.domain === name : known.id === Number(id)));
    if (found === undefined) {
      throw new Error(`Failed to retrieve Linode Domain: Domain ${id ?? name} was not found in list result`);
    }
    return { id: found.id, ...shown(found) };
  };
}
