import type { Hono } from "hono";
import type { SandboxEnv } from "../../http/env";
import { readAsked } from "../body";
import type { Cloud } from "../cloud";
import { page } from "../envelope";
import { notFound } from "../errors";
import { notify } from "../events/run";
import type { Domain, DomainRecord } from "./model";
import { AskedRecord, NewRecord, recordContent } from "./record";
import { requireDomain } from "./require";
import { domainEntity, recordView } from "./view";

const path = "/domains/:id{[0-9]+}/records";

/** `/domains/ID/records`: the records of a zone. */
export function recordRoutes(api: Hono<SandboxEnv>, cloud: Cloud): void {
  const changed = (domain: Domain, action: string) => {
    domain.updated = cloud.clock.now();
    notify(cloud, `domain_record_${action}`, domainEntity(domain));
  };
  api.get(path, (c) => {
    const { records } = requireDomain(cloud, c.req.param("id"));
    return page(c, records.map(recordView), ["name", "tag", "target", "type"]);
  });
  api.post(path, async (c) => {
    const domain = requireDomain(cloud, c.req.param("id"));
    const asked = await readAsked(c, NewRecord);
    const content = recordContent(domain, asked.type, asked);
    cloud.state.counters.record += 1;
    const now = cloud.clock.now();
    const record: DomainRecord = {
      id: cloud.state.counters.record,
      type: asked.type,
      ...content,
      created: now,
      updated: now,
    };
    domain.records.push(record);
    changed(domain, "create");
    return c.json(recordView(record));
  });
  api.get(`${path}/:record{[0-9]+}`, (c) => {
    return c.json(recordView(requireRecord(requireDomain(cloud, c.req.param("id")), c.req.param("record"))));
  });
  api.put(`${path}/:record{[0-9]+}`, async (c) => {
    const domain = requireDomain(cloud, c.req.param("id"));
    const record = requireRecord(domain, c.req.param("record"));
    Object.assign(record, recordContent(domain, record.type, await readAsked(c, AskedRecord), record));
    record.updated = cloud.clock.now();
    changed(domain, "update");
    return c.json(recordView(record));
  });
  api.delete(`${path}/:record{[0-9]+}`, (c) => {
    const domain = requireDomain(cloud, c.req.param("id"));
    const gone = requireRecord(domain, c.req.param("record"));
    domain.records = domain.records.filter((record) => record !== gone);
    changed(domain, "delete");
    return c.json({});
  });
}

function requireRecord(domain: Domain, id: string): DomainRecord {
  const record = domain.records.find((known) => String(known.id) === id);
  if (!record) throw notFound();
  return record;
}
