import { completion } from "../bridged";
import type { Resource } from "../resource";
import type { Api } from "./api";

/** A database in a cluster. */
export function databaseDb(api: () => Api): Resource {
  const path = (cluster: unknown, name: unknown) => `v2/databases/${cluster}/dbs/${encodeURIComponent(String(name))}`;
  return {
    required: ["clusterId"],
    replaceOn: ["clusterId", "name"],
    computed: [],
    compare: "state",
    uniqueName: true,
    complete: completion({}, { maxLength: 255 }),
    async create({ clusterId, name }, { signal }) {
      const { db } = await api().post(`v2/databases/${clusterId}/dbs`, { name }, signal);
      return { id: `${clusterId}/database/${db.name}`, outputs: { clusterId, name } };
    },
    async read(_id, state, { signal }) {
      return (await api().find(path(state.clusterId, state.name), signal)) && state;
    },
    async delete(_id, { clusterId, name }, { signal }) {
      await api().delete(path(clusterId, name), signal);
    },
  };
}
