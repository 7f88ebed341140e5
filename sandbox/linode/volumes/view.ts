import type { State } from "../state";
import { apiTime } from "../time";
import { linkOf, type Volume } from "./model";

/** A volume as the API shows it. */
export function volumeView(state: State, volume: Volume) {
  const instance = state.instances.find((known) => known.id === volume.linode);
  return {
    id: volume.id,
    status: volume.status,
    label: volume.label,
    created: apiTime(volume.created),
    updated: apiTime(volume.updated),
    filesystem_path: `/dev/disk/by-id/${linkOf(volume)}`,
    size: volume.size,
    linode_id: volume.linode,
    linode_label: instance?.label ?? null,
    io_ready: volume.linode !== null,
    region: volume.region,
    tags: volume.tags,
    hardware_type: "nvme",
    encryption: volume.encryption,
    locks: [],
  };
}

/** A volume as events name it. */
export function volumeEntity({ id, label }: Volume) {
  return { type: "volume", id, label, url: `/v4/volumes/${id}` } as const;
}
