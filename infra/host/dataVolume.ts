/** The block volume that a machine's data lives on: it outlives the machine, and comes back with the next one. */
import type * as pulumi from "@pulumi/pulumi";
import { mistake } from "../mistake";

/** What a data volume is made from. */
export interface DataVolumeArgs {
  /** GB. It can grow, never shrink. */
  readonly size: pulumi.Input<number>;
}

/** Where a machine finds its data volume. */
export interface DataVolume {
  /** Path of the block device, the same for as long as the volume lives. */
  readonly device: pulumi.Output<string>;
  /** GB, once the device has them. */
  readonly size: pulumi.Output<number>;
}

/**
 * The size a volume is to have.
 * @param last the size this stack gave back last time
 * @throws RunError if that was more
 */
export function growing(size: number, last: number | undefined): number {
  if (last === undefined || size >= last) return size;
  throw mistake(
    `slipway:host.volume.size is ${size}, but the volume has ${last} GB already; a volume can grow, never shrink: set it to ${last} or more`,
  );
}
