import { completion } from "../bridged";
import type { Resource } from "../resource";
import type { Properties } from "../wire";
import type { Answer, Api } from "./api";

/** A tag. */
export function tag(api: () => Api): Resource {
  const state = ({ tag: { name, resources } }: Answer): Properties => ({
    databasesCount: resources?.databases?.count ?? 0,
    dropletsCount: resources?.droplets?.count ?? 0,
    imagesCount: resources?.images?.count ?? 0,
    name,
    totalResourceCount: resources?.count ?? 0,
    volumeSnapshotsCount: resources?.volume_snapshots?.count ?? 0,
    volumesCount: resources?.volumes?.count ?? 0,
  });
  const path = (id: string) => `v2/tags/${encodeURIComponent(id)}`;
  return {
    required: [],
    replaceOn: ["name"],
    computed: [
      "databasesCount",
      "dropletsCount",
      "imagesCount",
      "totalResourceCount",
      "volumeSnapshotsCount",
      "volumesCount",
    ],
    compare: "state",
    uniqueName: true,
    complete: completion({}, { maxLength: 255 }),
    mistakes: ({ name }) =>
      name === undefined || /^[a-zA-Z0-9:\-_]{1,255}$/.test(String(name))
        ? []
        : [
            {
              property: "name",
              reason: `name is ${JSON.stringify(name)}; allowed: letters, digits, colons, hyphens and underscores, at most 255`,
            },
          ],
    async create(inputs, { signal }) {
      const made = await api().post("v2/tags", { name: inputs.name }, signal);
      return { id: made.tag.name, outputs: state(made) };
    },
    async read(id, _state, { signal }) {
      const found = await api().find(path(id), signal);
      return found && state(found);
    },
    async delete(id, _state, { signal }) {
      await api().delete(path(id), signal);
    },
  };
}
