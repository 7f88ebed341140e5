import { apiTime } from "../time";
import type { Domain, DomainRecord } from "./model";

/** A zone as the API shows it. */
export function domainView(domain: Domain) {
  return {
    id: domain.id,
    type: domain.type,
    domain: domain.domain,
    tags: domain.tags,
    group: domain.group,
    status: domain.status,
    errors: "",
    description: domain.description,
    soa_email: domain.soaEmail,
    retry_sec: domain.retry,
    master_ips: domain.masterIps,
    axfr_ips: domain.axfrIps,
    expire_sec: domain.expire,
    refresh_sec: domain.refresh,
    ttl_sec: domain.ttl,
    created: apiTime(domain.created),
    updated: apiTime(domain.updated),
  };
}

/** A record as the API shows it. */
export function recordView(record: DomainRecord) {
  return {
    id: record.id,
    type: record.type,
    name: record.name,
    target: record.target,
    priority: record.priority,
    weight: record.weight,
    port: record.port,
    service: record.service,
    protocol: record.protocol,
    ttl_sec: record.ttl,
    tag: record.tag,
    created: apiTime(record.created),
    updated: apiTime(record.updated),
  };
}

/** A zone as events name it. */
export function domainEntity({ id, domain }: Domain) {
  return { type: "domain", id, label: domain, url: `/v4/domains/${id}` } as const;
}
