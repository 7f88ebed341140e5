import { mailbox, quoted, strings } from "../../dns/masterFile";
import type { Domain, DomainRecord } from "./model";

/** The cloud's own name servers and intervals, in seconds. */
const SERVERS = [1, 2, 3, 4, 5].map((number) => `ns${number}.linode.com.`);
const TTL = 86_400;
const REFRESH = 14_400;
const RETRY = 14_400;
const EXPIRE = 1_209_600;

/** A zone in the form of a master file, a line each. What the cloud would answer with; a zone it is a slave of has none. */
export function zoneFile(domain: Domain): string[] {
  if (domain.type === "slave") return [];
  const ttl = domain.ttl || TTL;
  const serial = Math.floor(domain.updated / 1000);
  const intervals = [domain.refresh || REFRESH, domain.retry || RETRY, domain.expire || EXPIRE, ttl].join(" ");
  return [
    `; ${domain.domain} [${domain.id}]`,
    `$TTL ${ttl}`,
    `@\tIN\tSOA\t${SERVERS[0]} ${mailbox(domain.soaEmail)} ${serial} ${intervals}`,
    ...SERVERS.map((server) => `@\t\tNS\t${server}`),
    ...domain.records.map((record) => line(domain, record)),
  ];
}

function line(domain: Domain, record: DomainRecord): string {
  const ttl = record.ttl === 0 ? "" : String(record.ttl);
  return [record.name || "@", ttl, record.type, data(domain, record)].join("\t");
}

function data(domain: Domain, record: DomainRecord): string {
  const { target, priority, weight, port, tag } = record;
  // A name without a dot is below the zone, as the cloud takes it.
  const host = target === "" ? "." : target.includes(".") ? `${target}.` : `${target}.${domain.domain}.`;
  switch (record.type) {
    case "A":
    case "AAAA":
      return target;
    case "TXT":
      return strings(target);
    case "CAA":
      return `0 ${tag} ${quoted(target)}`;
    case "MX":
      return `${priority} ${host}`;
    case "SRV":
      return `${priority} ${weight} ${port} ${host}`;
    case "NS":
    case "CNAME":
    case "PTR":
      return host;
    default:
      return record.type satisfies never;
  }
}
