/** A block volume on record; no device appears in any machine. `created` in milliseconds since 1970, size in GiB. */
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
}
