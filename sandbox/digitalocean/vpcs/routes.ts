import type { Context, Hono } from "hono";
import ipaddr from "ipaddr.js";
import { z } from "zod";
import { overlap } from "../../cloud/network";
import { readBody } from "../../http/body";
import type { SandboxEnv } from "../../http/env";
import { findRegion } from "../catalog/regions";
import type { Cloud } from "../cloud";
import { liveClusters } from "../databases/model";
import { page } from "../envelope";
import { ApiError, notFound, unprocessable } from "../errors";
import { apiTime } from "../ids";
import type { State } from "../state";
import { addVpc, type Vpc } from "./model";

const name = z.string().regex(/^[a-zA-Z0-9.-]+$/, "Name may only contain alphanumeric characters, dashes and periods");
const description = z.string().max(255);
const NewVpc = z.object({
  name,
  description: description.default(""),
  region: z.string(),
  ip_range: z.string().optional(),
});
const ReplacedVpc = z.object({ name, description: description.default(""), default: z.boolean().default(false) });
const ChangedVpc = z.object({ name, description, default: z.boolean() }).partial();

/** `/v2/vpcs`: private networks, as records. */
export function vpcRoutes(app: Hono<SandboxEnv>, cloud: Cloud): void {
  const { state } = cloud;
  app.get("/v2/vpcs", (c) => page(c, "vpcs", state.vpcs, vpcView));
  app.post("/v2/vpcs", async (c) => {
    const asked = await readBody(c, NewVpc);
    const region = findRegion(asked.region);
    if (!region) throw unprocessable("region is invalid");
    if (state.vpcs.some((vpc) => vpc.name === asked.name)) throw unprocessable("a VPC with that name already exists");
    const range = asked.ip_range === undefined ? freeRange(state) : checkedRange(state, asked.ip_range);
    const { name, description } = asked;
    const vpc = addVpc(cloud, { name, description, region: region.slug, range, isDefault: false });
    return c.json({ vpc: vpcView(vpc) }, 201);
  });
  app.get("/v2/vpcs/:id", (c) => c.json({ vpc: vpcView(requireVpc(state, c.req.param("id"))) }));
  app.put("/v2/vpcs/:id", (c) => change(c, state, ReplacedVpc));
  app.patch("/v2/vpcs/:id", (c) => change(c, state, ChangedVpc));
  app.delete("/v2/vpcs/:id", (c) => {
    const vpc = requireVpc(state, c.req.param("id"));
    if (vpc.isDefault) throw new ApiError(403, "forbidden", "Can not delete default VPCs");
    if (members(state, vpc).length > 0) throw new ApiError(403, "forbidden", "Can not delete VPC with members");
    state.vpcs = state.vpcs.filter((known) => known !== vpc);
    return c.body(null, 204);
  });
  app.get("/v2/vpcs/:id/members", (c) => {
    const vpc = requireVpc(state, c.req.param("id"));
    const kind = c.req.query("resource_type");
    const listed = members(state, vpc).filter((member) => kind === undefined || member.kind === kind);
    return page(c, "members", listed, (member) => ({
      name: member.name,
      urn: `do:${member.kind}:${member.id}`,
      created_at: apiTime(member.created),
    }));
  });
  app.get("/v2/vpcs/:id/peerings", (c) => {
    requireVpc(state, c.req.param("id"));
    return page(c, "peerings", [], () => undefined);
  });
}

async function change(c: Context, state: State, schema: typeof ReplacedVpc | typeof ChangedVpc) {
  const vpc = requireVpc(state, c.req.param("id") ?? "");
  const asked = await readBody(c, schema);
  if (asked.name !== undefined && state.vpcs.some((known) => known !== vpc && known.name === asked.name)) {
    throw unprocessable("a VPC with that name already exists");
  }
  vpc.name = asked.name ?? vpc.name;
  vpc.description = asked.description ?? vpc.description;
  if (asked.default) {
    for (const other of state.vpcs) if (other.region === vpc.region) other.isDefault = other === vpc;
  }
  return c.json({ vpc: vpcView(vpc) });
}

function requireVpc(state: State, id: string): Vpc {
  const vpc = state.vpcs.find((known) => known.id === id);
  if (!vpc) throw notFound();
  return vpc;
}

function members(state: State, vpc: Vpc) {
  return [
    ...state.droplets.map((droplet) => ({ ...droplet, kind: "droplet" })),
    ...liveClusters(state).map((cluster) => ({ ...cluster, kind: "dbaas" })),
  ].filter((member) => member.vpc === vpc.id);
}

/** The first /20 from 10.100.0.0 on that no network has. */
function freeRange(state: State): string {
  for (let number = 0; number < 2048; number += 1) {
    const range = `10.${100 + (number >> 4)}.${(number & 15) << 4}.0/20`;
    if (!state.vpcs.some((vpc) => overlap(vpc.range, range))) return range;
  }
  throw unprocessable("there is no free IP range left");
}

function checkedRange(state: State, range: string): string {
  if (!ipaddr.IPv4.isValidCIDRFourPartDecimal(range)) throw unprocessable("ip_range is not a valid CIDR block");
  const [base, bits] = ipaddr.IPv4.parseCIDR(range);
  if (base.range() !== "private") throw unprocessable("ip_range must be within the private ranges of RFC 1918");
  if (bits < 16 || bits > 28) throw unprocessable("ip_range must have a size between /16 and /28");
  if (state.vpcs.some((vpc) => overlap(vpc.range, range))) {
    throw unprocessable("This range/size overlaps with another VPC network in your account");
  }
  return range;
}

function vpcView(vpc: Vpc) {
  return {
    id: vpc.id,
    urn: `do:vpc:${vpc.id}`,
    name: vpc.name,
    description: vpc.description,
    region: vpc.region,
    ip_range: vpc.range,
    created_at: apiTime(vpc.created),
    default: vpc.isDefault,
  };
}
