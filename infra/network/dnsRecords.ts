/** Which records a machine's host names need. Pure. */
import type { Tls } from "../../agent/manifest";

/** Seconds that an answer is good for: a machine that moves is found again soon. Both clouds keep this figure as it is. */
export const recordTtl = 120;

/** A record of a zone, as both clouds can have it. */
export type DnsRecord = {
  /** Tells it from all others of the zone; depends on nothing but the host name and the type. */
  readonly key: string;
  /** The whole name, e.g. `shop.example.com` or `*.previews.example.com`. */
  readonly host: string;
} & (
  | { readonly type: "A" | "AAAA" }
  /** The authority that may issue certificates for the name. */
  | { readonly type: "CAA"; readonly authority: string }
);

/** What is to be found in a zone. */
export interface DnsPlan {
  readonly zone: string;
  /** Host names of the routes, whether in the zone or not. */
  readonly hosts: readonly string[];
  /** Names below which every name leads to the machine. */
  readonly wildcard: readonly string[];
  /** Whether the machine has an IPv6 address. */
  readonly ipv6: boolean;
  /** The only authority that may issue certificates. None: whoever wants to. */
  readonly authority?: string | undefined;
}

/** Whether a name is the zone itself or below it. */
export function isWithin(zone: string, name: string): boolean {
  return name === zone || name.endsWith(`.${zone}`);
}

/**
 * The records of a zone: addresses for each host name, and the authority beside them. A CAA record stands at the host name and
 * not at the zone, where it would bind names that others look after.
 */
export function dnsRecords(plan: DnsPlan): readonly DnsRecord[] {
  const names = [...plan.hosts, ...plan.wildcard.map((name) => `*.${name}`)];
  const inside = [...new Set(names)].filter((name) => isWithin(plan.zone, name)).sort();
  return inside.flatMap((host): DnsRecord[] => {
    const key = (type: string) => `${type}-${host.replace("*", "wildcard")}`;
    return [
      { key: key("a"), host, type: "A" },
      ...(plan.ipv6 ? [{ key: key("aaaa"), host, type: "AAAA" } as const] : []),
      ...(plan.authority ? [{ key: key("caa"), host, type: "CAA", authority: plan.authority } as const] : []),
    ];
  });
}

/** A name as it stands inside its zone; empty for the zone itself. */
export function nameInZone(zone: string, host: string): string {
  return host === zone ? "" : host.slice(0, -zone.length - 1);
}

/** The names by which certificate authorities know themselves in CAA records, by the host of their directory (RFC 8659, section 4.2). */
const authorities: readonly (readonly [RegExp, string])[] = [
  [/(^|\.)letsencrypt\.org$/, "letsencrypt.org"],
  [/(^|\.)zerossl\.com$/, "sectigo.com"],
  [/(^|\.)pki\.goog$/, "pki.goog"],
  [/(^|\.)buypass\.com$/, "buypass.com"],
];

/** The authority that certificates come from; `undefined` if there is none, or none that a CAA record could name. */
export function certificateAuthority(
  tls: Pick<Tls, "mode"> & { readonly directory?: string | undefined },
): string | undefined {
  if (tls.mode !== "acme") return undefined;
  if (tls.directory === undefined) return "letsencrypt.org";
  const { hostname } = new URL(tls.directory);
  return authorities.find(([pattern]) => pattern.test(hostname))?.[1];
}

/** Where the host names of an environment lead to. */
export interface Addresses {
  readonly ipv4: string;
  readonly ipv6?: string | undefined;
}

/**
 * The records that nobody sets but the owner of the names, each as a line of a zone file: what is outside the zone, or everything
 * where there is none. Names under `.localhost`, `.test`, `.invalid` and `.local` are no one's to set.
 */
export function recordsToSet(
  hosts: readonly string[],
  zone: string | undefined,
  { ipv4, ipv6 }: Addresses,
): readonly string[] {
  const own = [...new Set(hosts)].filter(
    (host) => !(zone && isWithin(zone, host)) && !/(^|\.)(localhost|test|invalid|local)$/.test(host),
  );
  return own
    .sort()
    .flatMap((host) => [
      `${host}. ${recordTtl} IN A ${ipv4}`,
      ...(ipv6 ? [`${host}. ${recordTtl} IN AAAA ${ipv6}`] : []),
    ]);
}
