import type { Context, Hono } from "hono";
import { readBody } from "../../http/body";
import type { SandboxEnv } from "../../http/env";
import type { Cloud } from "../cloud";
import { page } from "../envelope";
import { notFound, unprocessable } from "../errors";
import type { Domain, DomainRecord } from "./model";
import { AskedRecord, newType, recordContent } from "./record";

const path = "/v2/domains/:name/records";

/**
 * `/v2/domains/NAME/records`: the records of a zone.
 * @param requireDomain the zone of a name; throws the API's 404
 */
export function recordRoutes(app: Hono<SandboxEnv>, cloud: Cloud, requireDomain: (name: string) => Domain): void {
  app.get(path, (c) => {
    const domain = requireDomain(c.req.param("name"));
    const [name, type] = [c.req.query("name")?.toLowerCase(), c.req.query("type")?.toUpperCase()];
    const wanted = domain.records.filter(
      (record) =>
        (name === undefined || fullName(domain, record) === name) && (type === undefined || record.type === type),
    );
    return page(c, "domain_records", wanted, (record) => record);
  });
  app.post(path, async (c) => {
    const domain = requireDomain(c.req.param("name"));
    const asked = await readBody(c, AskedRecord);
    const type = newType(asked);
    const content = recordContent(domain, type, asked);
    cloud.state.counters.record += 1;
    const record: DomainRecord = { id: cloud.state.counters.record, type, ...content };
    domain.records.push(record);
    changed(domain, record);
    return c.json({ domain_record: record }, 201);
  });
  app.get(`${path}/:id`, (c) => {
    const record = requireRecord(requireDomain(c.req.param("name")), c.req.param("id"));
    return c.json({ domain_record: record });
  });
  const change = async (c: Context<SandboxEnv, `${typeof path}/:id`>) => {
    const domain = requireDomain(c.req.param("name"));
    const record = requireRecord(domain, c.req.param("id"));
    Object.assign(record, recordContent(domain, record.type, await readBody(c, AskedRecord), record));
    changed(domain, record);
    return c.json({ domain_record: record });
  };
  app.put(`${path}/:id`, change);
  app.patch(`${path}/:id`, change);
  app.delete(`${path}/:id`, (c) => {
    const domain = requireDomain(c.req.param("name"));
    const gone = requireRecord(domain, c.req.param("id"));
    if (gone.type === "SOA") throw unprocessable("SOA records go with their domain");
    domain.records = domain.records.filter((record) => record !== gone);
    domain.updated = cloud.clock.now();
    return c.body(null, 204);
  });

  /** Records of one name and type share a TTL (RFC 2181, section 5.2): the newest wish holds for all. */
  function changed(domain: Domain, record: DomainRecord): void {
    for (const other of domain.records) {
      if (other.type === record.type && fullName(domain, other) === fullName(domain, record)) other.ttl = record.ttl;
    }
    domain.updated = cloud.clock.now();
  }
}

function fullName(domain: Domain, { name }: DomainRecord): string {
  return name === "@" ? domain.name : `${name.toLowerCase()}.${domain.name}`;
}

function requireRecord(domain: Domain, id: string): DomainRecord {
  const record = domain.records.find((known) => String(known.id) === id);
  if (!record) throw notFound();
  return record;
}
