/** A block volume on record; no device appears in any machine. `created` in milliseconds since 1970, size in GiB. */
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
}
