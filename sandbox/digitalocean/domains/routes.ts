import type { Hono } from "hono";
import ipaddr from "ipaddr.js";
import { z } from "zod";
import { readBody } from "../../http/body";
import type { SandboxEnv } from "../../http/env";
import type { Cloud } from "../cloud";
import { page } from "../envelope";
import { notFound, unprocessable } from "../errors";
import { type Domain, type RecordType, SERVERS, TTL } from "./model";
import { recordRoutes } from "./records";
import { zoneFile } from "./zoneFile";

const ZONE = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$/;
const NewDomain = z.object({ name: z.string().default(""), ip_address: z.string().nullish() });

/** `/v2/domains`: zones, named by themselves, and their records. */
export function domainRoutes(app: Hono<SandboxEnv>, cloud: Cloud): void {
  const { state } = cloud;
  app.get("/v2/domains", (c) => page(c, "domains", state.domains, domainView));
  app.post("/v2/domains", async (c) => {
    const asked = await readBody(c, NewDomain);
    const name = asked.name.toLowerCase().replace(/\.$/, "");
    if (name === "") throw unprocessable("Name can't be blank");
    if (!ZONE.test(name)) throw unprocessable(`domain '${name}': name is not a valid domain`);
    if (state.domains.some((known) => known.name === name)) {
      throw unprocessable(`domain '${name}': name already exists`);
    }
    if (asked.ip_address && !ipaddr.IPv4.isValidFourPartDecimal(asked.ip_address)) {
      throw unprocessable("IP address did not match IPv4 format (e.g. 127.0.0.1).");
    }
    const now = cloud.clock.now();
    const domain: Domain = { name, created: now, updated: now, records: [] };
    const add = (type: RecordType, data: string) => {
      state.counters.record += 1;
      const none = { priority: null, port: null, weight: null, flags: null, tag: null };
      domain.records.push({ id: state.counters.record, type, name: "@", data, ttl: TTL, ...none });
    };
    add("SOA", String(TTL));
    for (const server of SERVERS) add("NS", server);
    if (asked.ip_address) add("A", asked.ip_address);
    state.domains.push(domain);
    return c.json({ domain: { ...domainView(domain), zone_file: null } }, 201);
  });
  app.get("/v2/domains/:name", (c) => c.json({ domain: domainView(requireDomain(cloud, c.req.param("name"))) }));
  app.delete("/v2/domains/:name", (c) => {
    const domain = requireDomain(cloud, c.req.param("name"));
    state.domains = state.domains.filter((known) => known !== domain);
    return c.body(null, 204);
  });
  recordRoutes(app, cloud, (name) => requireDomain(cloud, name));
}

function requireDomain(cloud: Cloud, name: string): Domain {
  const domain = cloud.state.domains.find((known) => known.name === name.toLowerCase());
  if (!domain) throw notFound();
  return domain;
}

function domainView(domain: Domain) {
  return { name: domain.name, ttl: TTL, zone_file: zoneFile(domain) };
}
