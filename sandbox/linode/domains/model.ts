/** Types of records a zone can hold. */
export const RECORD_TYPES = ["A", "AAAA", "NS", "MX", "CNAME", "TXT", "SRV", "PTR", "CAA"] as const;
/** @see RECORD_TYPES */
export type RecordType = (typeof RECORD_TYPES)[number];

/** A record of a zone. Numbers a type has no use for are 0, words `null`. Times in milliseconds since 1970. */
export interface DomainRecord {
  readonly id: number;
  readonly type: RecordType;
  /** Below the zone; empty for the zone itself. */
  name: string;
  target: string;
  priority: number;
  weight: number;
  port: number;
  service: string | null;
  protocol: string | null;
  /** Seconds; 0 for the zone's own. */
  ttl: number;
  tag: string | null;
  readonly created: number;
  updated: number;
}

/** A zone. Intervals in seconds, 0 for the cloud's own; times in milliseconds since 1970. */
export interface Domain {
  readonly id: number;
  domain: string;
  readonly type: "master" | "slave";
  status: "active" | "disabled" | "edit_mode" | "has_errors";
  soaEmail: string;
  description: string;
  group: string;
  tags: string[];
  retry: number;
  expire: number;
  refresh: number;
  ttl: number;
  masterIps: string[];
  axfrIps: string[];
  readonly created: number;
  updated: number;
  records: DomainRecord[];
}

/** Seconds the cloud keeps intervals in. */
const STEPS = [
  30, 120, 300, 3600, 7200, 14_400, 28_800, 57_600, 86_400, 172_800, 345_600, 604_800, 1_209_600, 2_419_200,
];

/** An interval as the cloud keeps it: rounded up to one of its steps, as measured against the real one. 0 stays 0. */
export function keptInterval(seconds: number): number {
  if (seconds === 0) return 0;
  return STEPS.find((step) => step >= seconds) ?? STEPS[STEPS.length - 1] ?? seconds;
}
