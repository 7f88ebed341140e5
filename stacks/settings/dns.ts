/** `slipway:dns`: whose name servers answer for the apps' host names. */
import { z } from "zod";
import { isWithin } from "../../infra/network/dnsRecords";
import { type Mistake, nearest, show } from "./mistakes";

const Name = z
  .string()
  .max(253)
  .regex(
    /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/,
    "a domain in lower case such as example.com, without a star or a final dot",
  );

/** The zone of the apps' host names. */
export const Dns = z.strictObject({
  /** Need not be who the machine comes from. */
  provider: z.enum(["digitalocean", "linode"]),
  zone: Name,
  /** Whether the stack makes the zone, and removes it when it goes. Otherwise it must be there. @default false */
  create: z.boolean().default(false),
  /** Whether records say which authority may issue certificates, where that one is known. @default true */
  caa: z.boolean().default(true),
  /** Names below which every name leads to the machine, e.g. `previews.example.com`. @default none */
  wildcard: z.array(Name).default([]),
});
/** @see Dns */
export type DnsSettings = z.output<typeof Dns>;

/** Finds what the zone cannot be right for. @param path where the settings stand @param hosts the host names of all routes */
export function dnsMistakes(path: string, dns: DnsSettings, hosts: readonly string[]): Mistake[] {
  const outside = dns.wildcard.flatMap((name, index) =>
    isWithin(dns.zone, name)
      ? []
      : [
          {
            path: `${path}.wildcard[${index}]`,
            what: `${show(name)} is outside the zone`,
            allowed: `${dns.zone} and names below it`,
          },
        ],
  );
  const inside = [...hosts, ...dns.wildcard].some((name) => isWithin(dns.zone, name));
  if (inside || outside.length > 0 || hosts.length === 0) return outside;
  const meant = nearest(dns.zone, [...new Set(hosts.flatMap(parents))]);
  return [
    {
      path: `${path}.zone`,
      what: `no route lies in ${show(dns.zone)}, so it would get no record`,
      allowed: `a domain that a route lies in: ${hosts.join(", ")}`,
      mend: meant ? `did you mean ${meant}?` : "correct the zone or a route, or remove this section",
    },
  ];
}

/** A host name and every domain above it but the last. */
function parents(host: string): string[] {
  const labels = host.split(".");
  return labels.slice(0, -1).map((_, index) => labels.slice(index).join("."));
}
