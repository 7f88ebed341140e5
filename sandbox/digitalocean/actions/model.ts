/** Weekly or daily backups and when. The sandbox keeps the record and makes none. */
export interface BackupPolicy {
  plan: "daily" | "weekly";
  weekday: string | null;
  hour: number;
}

/** What an action changes; plain data, so that it can be taken up again after a restart. */
export type Change =
  | { readonly kind: "create"; readonly droplet: number }
  | { readonly kind: "destroy"; readonly droplet: number }
  | { readonly kind: "turn_on"; readonly droplet: number }
  | { readonly kind: "turn_off"; readonly droplet: number; readonly how: "graceful" | "hard" }
  | { readonly kind: "restart"; readonly droplet: number; readonly how: "graceful" | "hard" }
  | { readonly kind: "resize"; readonly droplet: number; readonly size: string; readonly disk: boolean }
  | { readonly kind: "rename"; readonly droplet: number; readonly name: string }
  | { readonly kind: "ipv6"; readonly droplet: number }
  | { readonly kind: "backups"; readonly droplet: number; readonly policy: BackupPolicy | null }
  | { readonly kind: "nothing"; readonly droplet: number }
  | { readonly kind: "address"; readonly ip: string; readonly from: number | null; readonly to: number | null }
  | { readonly kind: "volume"; readonly volume: string; readonly droplet: number | null }
  | { readonly kind: "volume_size"; readonly volume: string; readonly size: number };

/** A change under way or past, as the API tells of it. Times in milliseconds since 1970. */
export interface Action {
  readonly id: number;
  readonly type: string;
  status: "in-progress" | "completed" | "errored";
  readonly startedAt: number;
  completedAt: number | null;
  readonly resourceType: "droplet" | "backend" | "reserved_ip";
  readonly resourceId: number | null;
  readonly region: string;
  /** Droplets that take no other action until this one is over. */
  readonly locks: readonly number[];
  readonly change: Change;
  /** How often it was read in progress. */
  reads: number;
  /** Whether the work on machines is done. */
  worked: boolean;
}
