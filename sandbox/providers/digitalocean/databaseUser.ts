import { completion, withoutNotes } from "../bridged";
import type { Resource } from "../resource";
import type { Properties } from "../wire";
import type { Answer, Api } from "./api";

/** What the API says of a user; some engines tell the password only once. */
function observed({ user }: Answer): Properties {
  // Certificates are another engine's.
  const certificates = { accessCert: null, accessKey: null };
  return { role: user.role || "normal", ...certificates, ...(user.password ? { password: user.password } : {}) };
}

/** A role that may log in to a cluster. */
export function databaseUser(api: () => Api): Resource {
  const path = (cluster: unknown, name: unknown) => `v2/databases/${cluster}/users/${encodeURIComponent(String(name))}`;
  return {
    required: ["clusterId"],
    replaceOn: ["clusterId", "name"],
    computed: ["accessCert", "accessKey", "password", "role"],
    secrets: ["accessCert", "accessKey", "password"],
    compare: "state",
    uniqueName: true,
    complete: completion({}, { maxLength: 255 }),
    async create(inputs, { signal }) {
      const made = await api().post(`v2/databases/${inputs.clusterId}/users`, { name: inputs.name }, signal);
      const id = `${inputs.clusterId}/user/${made.user.name}`;
      return { id, outputs: { ...withoutNotes(inputs), ...observed(made) } };
    },
    async read(_id, state, { signal }) {
      const found = await api().find(path(state.clusterId, state.name), signal);
      return found && { ...state, ...observed(found) };
    },
    async delete(_id, { clusterId, name }, { signal }) {
      await api().delete(path(clusterId, name), signal);
    },
  };
}
