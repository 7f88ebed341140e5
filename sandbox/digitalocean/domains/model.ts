/** Types of records a zone can hold. */
export const RECORD_TYPES = ["A", "AAAA", "CAA", "CNAME", "MX", "NS", "SOA", "SRV", "TXT"] as const;
/** @see RECORD_TYPES */
export type RecordType = (typeof RECORD_TYPES)[number];

/** A record of a zone. What its type has no use for is `null`. */
export interface DomainRecord {
  readonly id: number;
  readonly type: RecordType;
  /** Below the zone; `@` for the zone itself. */
  name: string;
  /** Host names without their final dot; `@` for the zone itself. */
  data: string;
  priority: number | null;
  port: number | null;
  /** Seconds. */
  ttl: number;
  weight: number | null;
  flags: number | null;
  tag: string | null;
}

/** A zone. Times in milliseconds since 1970. */
export interface Domain {
  /** Lower case. */
  readonly name: string;
  readonly created: number;
  updated: number;
  records: DomainRecord[];
}

/** Seconds answers are good for where a record doesn't say. */
export const TTL = 1800;
/** The cloud's own name servers. */
export const SERVERS = ["ns1.digitalocean.com", "ns2.digitalocean.com", "ns3.digitalocean.com"] as const;
