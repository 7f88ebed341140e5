import type { Hono } from "hono";
import ipaddr from "ipaddr.js";
import { z } from "zod";
import type { SandboxEnv } from "../../http/env";
import { readAsked } from "../body";
import type { Cloud } from "../cloud";
import { page } from "../envelope";
import { beyondSandbox, type Reason, refuseAll } from "../errors";
import { notify } from "../events/run";
import { AskedTags } from "../tags";
import { type Domain, keptInterval } from "./model";
import { recordRoutes } from "./records";
import { requireDomain } from "./require";
import { domainEntity, domainView } from "./view";
import { zoneFile } from "./zoneFile";

const ZONE = /^([a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)+[a-zA-Z]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])$/;
const interval = z.number().int().min(0, "Must be 0 or greater").nullish();
const addresses = z
  .array(z.string().refine((text) => ipaddr.isValid(text) || ipaddr.isValidCIDR(text), "Invalid IP address"))
  .nullish();
const ChangedDomain = z.object({
  domain: z.string().optional(),
  soa_email: z.string().nullish(),
  status: z
    .enum(["active", "disabled", "edit_mode", "has_errors"], { error: "Must be one of active, disabled" })
    .nullish(),
  description: z.string().max(253, "Length must be 0-253 characters").nullish(),
  group: z.string().nullish(),
  tags: AskedTags,
  retry_sec: interval,
  expire_sec: interval,
  refresh_sec: interval,
  ttl_sec: interval,
  master_ips: addresses,
  axfr_ips: addresses,
});
const NewDomain = ChangedDomain.extend({
  domain: z.string(),
  type: z.enum(["master", "slave"], {
    error: ({ input }) => (input === undefined ? "type is required" : "Must be one of master, slave"),
  }),
});
type ChangedDomain = Partial<z.infer<typeof ChangedDomain>>;

/** `/domains`: zones and their records. */
export function domainRoutes(api: Hono<SandboxEnv>, cloud: Cloud): void {
  const { state } = cloud;
  api.get("/domains", (c) => page(c, state.domains.map(domainView), ["domain", "group", "tags"]));
  api.post("/domains", async (c) => {
    const asked = await readAsked(c, NewDomain);
    const domain = fill(cloud, blank(cloud, asked.domain, asked.type), asked);
    add(cloud, domain);
    return c.json(domainView(domain));
  });
  api.post("/domains/import", () => {
    throw beyondSandbox("the import of a zone from a name server");
  });
  api.get("/domains/:id{[0-9]+}", (c) => c.json(domainView(requireDomain(cloud, c.req.param("id")))));
  api.put("/domains/:id{[0-9]+}", async (c) => {
    const domain = requireDomain(cloud, c.req.param("id"));
    Object.assign(domain, fill(cloud, domain, await readAsked(c, ChangedDomain)));
    domain.updated = cloud.clock.now();
    notify(cloud, "domain_update", domainEntity(domain));
    return c.json(domainView(domain));
  });
  api.delete("/domains/:id{[0-9]+}", (c) => {
    const domain = requireDomain(cloud, c.req.param("id"));
    state.domains = state.domains.filter((known) => known !== domain);
    notify(cloud, "domain_delete", domainEntity(domain));
    return c.json({});
  });
  api.get("/domains/:id{[0-9]+}/zone-file", (c) => {
    return c.json({ zone_file: zoneFile(requireDomain(cloud, c.req.param("id"))) });
  });
  api.post("/domains/:id{[0-9]+}/clone", async (c) => {
    const origin = requireDomain(cloud, c.req.param("id"));
    const { domain: name } = await readAsked(c, z.object({ domain: z.string() }));
    const copy = fill(cloud, blank(cloud, name, origin.type, origin), { domain: name });
    copy.records = origin.records.map((record) => {
      state.counters.record += 1;
      return { ...record, id: state.counters.record };
    });
    add(cloud, copy);
    return c.json(domainView(copy));
  });
  recordRoutes(api, cloud);
}

function add(cloud: Cloud, domain: Domain): void {
  cloud.state.counters.domain += 1;
  const numbered = Object.assign(domain, { id: cloud.state.counters.domain });
  cloud.state.domains.push(numbered);
  notify(cloud, "domain_create", domainEntity(numbered));
}

/** A zone with nothing asked for, or with another's content. */
function blank(cloud: Cloud, name: string, type: Domain["type"], like?: Domain): Domain {
  const now = cloud.clock.now();
  return {
    id: 0,
    domain: name,
    type,
    status: like?.status ?? "active",
    soaEmail: like?.soaEmail ?? "",
    description: like?.description ?? "",
    group: like?.group ?? "",
    tags: like?.tags ?? [],
    retry: like?.retry ?? 0,
    expire: like?.expire ?? 0,
    refresh: like?.refresh ?? 0,
    ttl: like?.ttl ?? 0,
    masterIps: like?.masterIps ?? [],
    axfrIps: like?.axfrIps ?? [],
    created: now,
    updated: now,
    records: [],
  };
}

/** A zone with what is asked for laid over what it has. Throws the API's 400 for what cannot be. */
function fill(cloud: Cloud, before: Domain, asked: ChangedDomain): Domain {
  const changed: Domain = {
    ...before,
    domain: asked.domain ?? before.domain,
    soaEmail: asked.soa_email ?? before.soaEmail,
    status: asked.status ?? before.status,
    description: asked.description ?? before.description,
    group: asked.group ?? before.group,
    tags: asked.tags ?? before.tags,
    retry: keptInterval(asked.retry_sec ?? before.retry),
    expire: keptInterval(asked.expire_sec ?? before.expire),
    refresh: keptInterval(asked.refresh_sec ?? before.refresh),
    ttl: keptInterval(asked.ttl_sec ?? before.ttl),
    masterIps: asked.master_ips ?? before.masterIps,
    axfrIps: asked.axfr_ips ?? before.axfrIps,
  };
  refuseAll(faultsOf(cloud, changed));
  return changed;
}

function faultsOf(cloud: Cloud, domain: Domain): Reason[] {
  const faults: Reason[] = [];
  const same = (other: Domain) => other.domain.toLowerCase() === domain.domain.toLowerCase();
  if (!ZONE.test(domain.domain)) faults.push({ reason: "Domain is not valid.", field: "domain" });
  if (cloud.state.domains.some((other) => other.id !== domain.id && same(other))) {
    faults.push({ reason: "DNS zone already exists.", field: "domain" });
  }
  if (domain.type === "master" && domain.soaEmail === "") {
    faults.push({ reason: "soa_email required when type=master", field: "soa_email" });
  } else if (domain.soaEmail !== "" && !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(domain.soaEmail)) {
    faults.push({ reason: "Invalid email", field: "soa_email" });
  }
  if (domain.type === "slave" && domain.masterIps.length === 0) {
    faults.push({ reason: "master_ips required when type=slave", field: "master_ips" });
  }
  return faults;
}
