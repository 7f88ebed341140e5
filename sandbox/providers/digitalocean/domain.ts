import { completion, withoutNotes } from "../bridged";
import type { Call, Resource } from "../resource";
import type { Properties } from "../wire";
import type { Answer, Api } from "./api";

const path = (name: string) => `v2/domains/${encodeURIComponent(name)}`;

/** A zone. */
export function domain(api: () => Api): Resource {
  const state = (inputs: Properties, { domain: found }: Answer): Properties => ({
    ...withoutNotes(inputs),
    domainUrn: `do:domain:${found.name}`,
    name: found.name,
    ttl: found.ttl,
  });
  return {
    required: ["name"],
    replaceOn: ["ipAddress", "name"],
    computed: ["domainUrn", "ttl"],
    compare: "state",
    uniqueName: true,
    complete: completion({}),
    async create(inputs, { signal }) {
      const made = await api().post("v2/domains", { name: inputs.name, ip_address: inputs.ipAddress }, signal);
      const id = made.domain.name;
      return { id, outputs: state(inputs, await api().get(path(id), signal)) };
    },
    async read(id, old, { signal }) {
      const found = await api().find(path(id), signal);
      return found && state(old, found);
    },
    async delete(id, _state, { signal }) {
      await api().delete(path(id), signal);
    },
  };
}

/** Finds a zone by its name. */
export function findDomain(api: () => Api) {
  return async ({ name }: Properties, { signal }: Call): Promise<Properties> => {
    const found = await api().find(path(String(name)), signal);
    if (found === undefined) throw new Error(`domain not found: ${JSON.stringify(name)}`);
    const { ttl, zone_file: zoneFile } = found.domain;
    return {
      id: found.domain.name,
      name: found.domain.name,
      domainUrn: `do:domain:${found.domain.name}`,
      ttl,
      zoneFile,
    };
  };
}
