import { randomBytes } from "node:crypto";
import { completion, texts, withoutNotes } from "../bridged";
import type { Call, Resource } from "../resource";
import { until } from "../until";
import type { Properties, Value } from "../wire";
import { type Answer, type Api, ApiError } from "./api";
import { completed } from "./poll";
import { retag } from "./tagging";

const path = (id: string) => `v2/volumes/${id}`;

async function act(api: Api, id: string, action: object, call: Call): Promise<void> {
  const answer = await api.post(`${path(id)}/actions`, action, call.signal);
  await completed(api, `v2/actions/${answer.action.id}`, call.signal);
}

/** A smaller size is refused before anything is asked of the API. */
function requireGrowth(old: Value | undefined, now: Value | undefined): void {
  if (typeof old !== "number" || typeof now !== "number" || now >= old) return;
  throw new Error(`size is ${now}, but the volume has ${old} GiB already: a volume can grow, never shrink`);
}

/** A block volume. */
export function volume(api: () => Api): Resource {
  const state = (inputs: Properties, { volume: found }: Answer): Properties => ({
    ...withoutNotes(inputs),
    ...(found.description ? { description: found.description } : {}),
    dropletIds: found.droplet_ids ?? [],
    ...(found.filesystem_label ? { filesystemLabel: found.filesystem_label } : {}),
    ...(found.filesystem_type ? { filesystemType: found.filesystem_type } : {}),
    name: found.name,
    region: found.region?.slug,
    size: found.size_gigabytes,
    tags: found.tags ?? [],
    volumeUrn: `do:volume:${found.id}`,
  });
  return {
    required: ["region", "size"],
    replaceOn: ["description", "initialFilesystemLabel", "initialFilesystemType", "name", "region", "snapshotId"],
    computed: ["dropletIds", "filesystemLabel", "volumeUrn"],
    chosen: ["filesystemType"],
    sets: ["tags"],
    compare: "state",
    uniqueName: true,
    complete: (given, olds, name) => {
      requireGrowth(olds.size, given.size);
      return completion({}, { maxLength: 64, lowerCase: true })(given, olds, name);
    },
    kept: (property, value) => (property === "region" ? String(value).toLowerCase() : value),
    async create(inputs, call) {
      const order = {
        name: inputs.name,
        description: inputs.description ?? "",
        region: String(inputs.region).toLowerCase(),
        size_gigabytes: inputs.size,
        snapshot_id: inputs.snapshotId,
        filesystem_type: inputs.initialFilesystemType ?? inputs.filesystemType,
        filesystem_label: inputs.initialFilesystemLabel,
        tags: texts(inputs.tags),
      };
      const made = await api().post("v2/volumes", order, call.signal);
      return { id: made.volume.id, outputs: state(inputs, made) };
    },
    async read(id, old, { signal }) {
      const found = await api().find(path(id), signal);
      return found && state(old, found);
    },
    async update(id, old, inputs, call) {
      if (inputs.size !== old.size) {
        await act(
          api(),
          id,
          { type: "resize", size_gigabytes: inputs.size, region: String(inputs.region).toLowerCase() },
          call,
        );
      }
      await retag(api(), { resource_id: id, resource_type: "volume" }, old.tags, inputs.tags, call.signal);
      return state(inputs, await api().get(path(id), call.signal));
    },
    async delete(id, _state, { signal }) {
      await api().delete(path(id), signal);
    },
  };
}

/** A volume on a droplet. */
export function volumeAttachment(api: () => Api): Resource {
  const holder = async (state: Properties, signal: AbortSignal): Promise<number | undefined> => {
    const found = await api().find(path(String(state.volumeId)), signal);
    return found?.volume.droplet_ids?.[0];
  };
  /** A droplet does one thing at a time; it is asked again for five minutes while it is busy. */
  const move = (type: "attach" | "detach", { dropletId, volumeId }: Properties, call: Call) =>
    until(`volume ${volumeId} to ${type}`, 300, call.signal, async () => {
      try {
        await act(api(), String(volumeId), { type, droplet_id: Number(dropletId) }, call);
        return true;
      } catch (error) {
        if (error instanceof ApiError && error.status === 422 && error.message.includes("pending event"))
          return undefined;
        throw error;
      }
    });
  return {
    required: ["dropletId", "volumeId"],
    replaceOn: ["dropletId", "volumeId"],
    computed: [],
    compare: "state",
    complete: completion({}),
    async create(inputs, call) {
      const settings = { dropletId: Number(inputs.dropletId), volumeId: String(inputs.volumeId) };
      if ((await holder(settings, call.signal)) !== settings.dropletId) await move("attach", settings, call);
      return { id: `${settings.dropletId}-${settings.volumeId}-${randomBytes(13).toString("hex")}`, outputs: settings };
    },
    async read(_id, state, { signal }) {
      return (await holder(state, signal)) === state.dropletId ? state : undefined;
    },
    async delete(_id, state, call) {
      if ((await holder(state, call.signal)) === state.dropletId) await move("detach", state, call);
    },
  };
}
