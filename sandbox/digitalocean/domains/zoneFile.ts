import { quoted, strings } from "../../dns/masterFile";
import type { Zone } from "../../dns/names";
import type { State } from "../state";
import { type Domain, type DomainRecord, SERVERS, TTL } from "./model";

/** The zones that this cloud's name servers answer for. */
export function zonesOf(state: State): readonly Zone[] {
  return state.domains.map((domain) => ({ name: domain.name, created: domain.created, text: zoneFile(domain) }));
}

/** A zone in the form of a master file, as the API tells it and the cloud answers. */
export function zoneFile(domain: Domain): string {
  const zone = `${domain.name}.`;
  const soa = domain.records.find(({ type }) => type === "SOA");
  const serial = Math.floor(domain.updated / 1000);
  const lines = [
    `$ORIGIN ${zone}`,
    `$TTL ${soa?.ttl ?? TTL}`,
    `${zone} IN SOA ${SERVERS[0]}. hostmaster.${zone} ${serial} 10800 3600 604800 ${soa?.ttl ?? TTL}`,
    ...domain.records
      .filter(({ type }) => type !== "SOA")
      .map((record) => `${absolute(domain, record.name)} ${record.ttl} IN ${record.type} ${data(domain, record)}`),
  ];
  return `${lines.join("\n")}\n`;
}

function absolute(domain: Domain, name: string): string {
  return name === "@" ? `${domain.name}.` : `${name}.${domain.name}.`;
}

function data(domain: Domain, record: DomainRecord): string {
  const host = record.data === "@" ? `${domain.name}.` : `${record.data}.`;
  switch (record.type) {
    case "A":
    case "AAAA":
    case "SOA":
      return record.data;
    case "TXT":
      return strings(record.data);
    case "CAA":
      return `${record.flags} ${record.tag} ${quoted(record.data)}`;
    case "MX":
      return `${record.priority} ${host}`;
    case "SRV":
      return `${record.priority} ${record.weight} ${record.port} ${host}`;
    case "CNAME":
    case "NS":
      return host;
    default:
      return record.type satisfies never;
  }
}
