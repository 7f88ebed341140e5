import type { Disk } from "../../machines/machines";
import type { State } from "../state";

/** A block volume on record. `created` in milliseconds since 1970, size in GiB. */
export interface Volume {
  readonly id: number;
  label: string;
  readonly region: string;
  size: number;
  status: "creating" | "active" | "resizing";
  readonly encryption: "enabled" | "disabled";
  readonly created: number;
  updated: number;
  tags: string[];
  /** Id of the Linode it is attached to. */
  linode: number | null;
  /** The Linode it is attached to when the event under way is over. Absent in records from before volumes were disks. */
  target?: number | null;
  /** GiB it has when the event under way is over. */
  targetSize?: number;
}

/** Name of a volume's disk. */
export function diskId(volume: Pick<Volume, "id">): string {
  return `linode-volume-${volume.id}`;
}

/** Name of a volume's device in /dev/disk/by-id. */
export function linkOf(volume: Pick<Volume, "label">): string {
  return `scsi-0Linode_Volume_${volume.label}`;
}

/** The disks that a Linode's machine should have, in the order they were made in. */
export function disksOf(state: State, linode: number): Disk[] {
  return state.volumes
    .filter(({ linode: now, target = now }) => target === linode)
    .map((volume) => ({ id: diskId(volume), size: volume.targetSize ?? volume.size, link: linkOf(volume) }));
}
