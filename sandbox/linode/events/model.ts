/** What an event changes; plain data, so that it can be taken up again after a restart. */
export type Change =
  | { readonly kind: "create"; readonly linode: number }
  | { readonly kind: "delete"; readonly linode: number }
  | { readonly kind: "boot"; readonly linode: number }
  | { readonly kind: "shutdown"; readonly linode: number }
  | { readonly kind: "reboot"; readonly linode: number }
  | { readonly kind: "rebuild"; readonly linode: number }
  | {
      readonly kind: "resize";
      readonly linode: number;
      readonly type: string;
      /** Whether its one big disk grows with it. */
      readonly disks: boolean;
      /** Whether it runs again afterwards. */
      readonly on: boolean;
    }
  | { readonly kind: "disk"; readonly linode: number; readonly disk: number; readonly size?: number }
  | { readonly kind: "disk_delete"; readonly linode: number; readonly disk: number }
  | { readonly kind: "volume_create"; readonly volume: number }
  | { readonly kind: "volume_resize"; readonly volume: number; readonly size: number }
  | { readonly kind: "volume_attach"; readonly volume: number; readonly linode: number }
  | { readonly kind: "volume_detach"; readonly volume: number }
  | { readonly kind: "database_create"; readonly database: number }
  | { readonly kind: "database_resize"; readonly database: number; readonly type: string; readonly nodes: number }
  | { readonly kind: "nothing" };

/** What an event is about. */
export interface Entity {
  readonly type:
    | "linode"
    | "linode_config"
    | "disk"
    | "firewall"
    | "volume"
    | "database"
    | "domain"
    | "image"
    | "vpc"
    | "subnet"
    | "sshkey";
  readonly id: number | string;
  readonly label: string;
  readonly url: string;
}

/** A change under way or past, as the API tells of it. Times in milliseconds since 1970. */
export interface Event {
  readonly id: number;
  readonly action: string;
  /** `notification` tells of what was done at once. */
  status: "scheduled" | "started" | "finished" | "failed" | "notification";
  readonly startedAt: number;
  endedAt: number | null;
  readonly entity: Entity | null;
  readonly secondary: Entity | null;
  /** Why it failed. */
  message: string;
  /** The Linode that is busy until this event is over. */
  readonly holds: number | null;
  readonly change: Change;
  /** How often it was read before it was over. */
  reads: number;
  /** Whether the work on machines is done. */
  worked: boolean;
  seen: boolean;
}
