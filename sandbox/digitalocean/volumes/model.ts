import type { Disk } from "../../machines/machines";
import type { State } from "../state";

/** A block volume on record. `created` in milliseconds since 1970, size in GiB. */
export interface Volume {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  size: number;
  readonly description: string;
  readonly filesystemType: string;
  readonly filesystemLabel: string;
  readonly created: number;
  tags: string[];
  /** Id of the droplet it is attached to. */
  droplet: number | null;
  /** The droplet it is attached to when the action under way is over. Absent in records from before volumes were disks. */
  target?: number | null;
  /** GiB it has when the action under way is over. */
  targetSize?: number;
}

/** Name of a volume's disk. */
export function diskId(volume: Pick<Volume, "id">): string {
  return `volume-${volume.id}`;
}

/** The disks that a droplet's machine should have, in the order they were made in. */
export function disksOf(state: State, droplet: number): Disk[] {
  return state.volumes
    .filter(({ droplet: now, target = now }) => target === droplet)
    .map((volume) => ({
      id: diskId(volume),
      size: volume.targetSize ?? volume.size,
      link: `scsi-0DO_Volume_${volume.name}`,
      ...(volume.filesystemType === "ext4" ? { fileSystem: "ext4", label: volume.filesystemLabel } : {}),
    }));
}
