import { texts } from "../bridged";
import type { Call, Resource } from "../resource";
import { until } from "../until";
import type { Properties } from "../wire";
import type { Answer, Api } from "./api";

/** Seconds that the real plugin waits at most for a volume to be made, changed or let go. */
const patience = 900;

const path = (id: string) => `volumes/${id}`;

/** Waits until an active volume is as `isSo` asks. */
function settled(api: Api, id: string, what: string, call: Call, isSo: (volume: Answer) => boolean): Promise<Answer> {
  return until(`volume ${id} to be ${what}`, patience, call.signal, async () => {
    const found = await api.find(path(id), call.signal);
    return found !== undefined && found.status === "active" && isSo(found) ? found : undefined;
  });
}

/** Lets go of the Linode that has the volume, takes it to another, or leaves it where it is. */
async function move(api: Api, id: string, linode: number | null, call: Call): Promise<void> {
  const { linode_id: holder } = await api.get(path(id), call.signal);
  if (holder === linode) return;
  if (holder !== null) {
    await api.post(`${path(id)}/detach`, {}, call.signal);
    await settled(api, id, "detached", call, ({ linode_id }) => linode_id === null);
  }
  if (linode === null) return;
  await api.post(`${path(id)}/attach`, { linode_id: linode }, call.signal);
  await settled(api, id, `attached to Linode ${linode}`, call, ({ linode_id }) => linode_id === linode);
}

/** A block volume, with the Linode it is attached to. */
export function volume(api: () => Api): Resource {
  const state = (found: Answer): Properties => ({
    encryption: found.encryption,
    filesystemPath: found.filesystem_path,
    label: found.label,
    ...(found.linode_id === null ? {} : { linodeId: found.linode_id }),
    region: found.region,
    size: found.size,
    status: found.status,
    tags: found.tags ?? [],
  });
  return {
    required: ["label"],
    replaceOn: ["encryption", "region", "sourceVolumeId"],
    computed: ["filesystemPath", "status"],
    chosen: ["linodeId", "region"],
    defaults: { encryption: "disabled", size: 20, tags: [] },
    sets: ["tags"],
    compare: "state",
    async create(inputs, call) {
      const order = {
        label: inputs.label,
        region: inputs.region,
        size: inputs.size ?? 20,
        linode_id: inputs.linodeId,
        encryption: inputs.encryption,
        tags: texts(inputs.tags),
      };
      const { id } = await api().post("volumes", order, call.signal);
      return { id: String(id), outputs: state(await settled(api(), String(id), "active", call, () => true)) };
    },
    async read(id, _state, { signal }) {
      const found = await api().find(path(id), signal);
      return found && state(found);
    },
    async update(id, old, inputs, call) {
      if (inputs.label !== old.label || JSON.stringify(texts(inputs.tags)) !== JSON.stringify(texts(old.tags))) {
        await api().put(path(id), { label: inputs.label, tags: texts(inputs.tags) }, call.signal);
      }
      if (inputs.size !== undefined && inputs.size !== old.size) {
        await api().post(`${path(id)}/resize`, { size: inputs.size }, call.signal);
        await settled(api(), id, `${inputs.size} GB`, call, ({ size }) => size === inputs.size);
      }
      if (inputs.linodeId !== undefined) await move(api(), id, Number(inputs.linodeId), call);
      return state(await settled(api(), id, "active", call, () => true));
    },
    async delete(id, _state, call) {
      await move(api(), id, null, call);
      await api().delete(path(id), call.signal);
    },
  };
}
