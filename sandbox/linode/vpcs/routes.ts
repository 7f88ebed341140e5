import type { Hono } from "hono";
import ipaddr from "ipaddr.js";
import { z } from "zod";
import { overlap } from "../../cloud/network";
import type { SandboxEnv } from "../../http/env";
import { readAsked } from "../body";
import { findRegion } from "../catalog/regions";
import type { Cloud } from "../cloud";
import { page } from "../envelope";
import { notFound, refuseAll, refused } from "../errors";
import { notify } from "../events/run";
import { type LabelRules, labelFaults } from "../label";
import type { State } from "../state";
import { apiTime } from "../time";
import { type Subnet, usersOf, type Vpc } from "./model";

/** What a VPC's subnets may lie in. */
const RANGES = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/17"];
const LABELS: LabelRules = { least: 1, most: 64, marks: "-", allowed: "and dashes", among: "VPCs" };

const NewSubnet = z.object({ label: z.string(), ipv4: z.string() });
const NewVpc = z.object({
  label: z.string(),
  region: z.string(),
  description: z.string().nullish(),
  subnets: z.array(NewSubnet).nullish(),
});
const ChangedVpc = z.object({ label: z.string().optional(), description: z.string().optional() });

/** `/vpcs`: VPCs and their subnets, as records. */
export function vpcRoutes(api: Hono<SandboxEnv>, cloud: Cloud): void {
  const { state } = cloud;
  const show = (vpc: Vpc) => vpcView(state, vpc);
  const others = (vpc?: Vpc) => state.vpcs.filter((known) => known !== vpc).map((known) => known.label);
  api.get("/vpcs", (c) => page(c, state.vpcs.map(show), ["created", "id", "label", "region", "updated"]));
  api.post("/vpcs", async (c) => {
    const asked = await readAsked(c, NewVpc);
    const region = findRegion(asked.region);
    refuseAll([
      ...labelFaults(asked.label, LABELS, others()),
      ...(region?.capabilities.includes("VPCs") ? [] : [{ reason: "region is not valid", field: "region" }]),
    ]);
    const now = cloud.clock.now();
    const vpc: Vpc = {
      id: state.counters.vpc + 1,
      label: asked.label,
      description: asked.description ?? "",
      region: asked.region,
      created: now,
      updated: now,
      subnets: [],
    };
    for (const subnet of asked.subnets ?? []) vpc.subnets.push(subnetFrom(cloud, vpc, subnet));
    state.counters.vpc += 1;
    state.vpcs.push(vpc);
    notify(cloud, "vpc_create", vpcEntity(vpc));
    return c.json(show(vpc));
  });
  api.get("/vpcs/:id{[0-9]+}", (c) => c.json(show(requireVpc(state, c.req.param("id")))));
  api.put("/vpcs/:id{[0-9]+}", async (c) => {
    const vpc = requireVpc(state, c.req.param("id"));
    const asked = await readAsked(c, ChangedVpc);
    if (asked.label !== undefined) refuseAll(labelFaults(asked.label, LABELS, others(vpc)));
    Object.assign(vpc, { label: asked.label ?? vpc.label, description: asked.description ?? vpc.description });
    vpc.updated = cloud.clock.now();
    notify(cloud, "vpc_update", vpcEntity(vpc));
    return c.json(show(vpc));
  });
  api.delete("/vpcs/:id{[0-9]+}", (c) => {
    const vpc = requireVpc(state, c.req.param("id"));
    for (const subnet of vpc.subnets) requireUnused(state, subnet);
    state.vpcs = state.vpcs.filter((known) => known !== vpc);
    notify(cloud, "vpc_delete", vpcEntity(vpc));
    return c.json({});
  });
  subnetRoutes(api, cloud);
}

function subnetRoutes(api: Hono<SandboxEnv>, cloud: Cloud): void {
  const { state } = cloud;
  const path = "/vpcs/:id{[0-9]+}/subnets";
  const show = (subnet: Subnet) => subnetView(state, subnet);
  api.get(path, (c) => {
    const { subnets } = requireVpc(state, c.req.param("id"));
    return page(c, subnets.map(show), ["created", "id", "label", "updated"]);
  });
  api.post(path, async (c) => {
    const vpc = requireVpc(state, c.req.param("id"));
    const subnet = subnetFrom(cloud, vpc, await readAsked(c, NewSubnet));
    vpc.subnets.push(subnet);
    notify(cloud, "subnet_create", vpcEntity(vpc));
    return c.json(show(subnet));
  });
  api.get(`${path}/:subnet{[0-9]+}`, (c) => {
    return c.json(show(requireSubnet(requireVpc(state, c.req.param("id")), c.req.param("subnet"))));
  });
  api.put(`${path}/:subnet{[0-9]+}`, async (c) => {
    const vpc = requireVpc(state, c.req.param("id"));
    const subnet = requireSubnet(vpc, c.req.param("subnet"));
    const { label } = await readAsked(c, z.object({ label: z.string() }));
    const others = vpc.subnets.filter((known) => known !== subnet).map((known) => known.label);
    refuseAll(labelFaults(label, { ...LABELS, among: "VPC's subnets" }, others));
    subnet.label = label;
    notify(cloud, "subnet_update", vpcEntity(vpc));
    return c.json(show(subnet));
  });
  api.delete(`${path}/:subnet{[0-9]+}`, (c) => {
    const vpc = requireVpc(state, c.req.param("id"));
    const gone = requireSubnet(vpc, c.req.param("subnet"));
    requireUnused(state, gone);
    vpc.subnets = vpc.subnets.filter((subnet) => subnet !== gone);
    notify(cloud, "subnet_delete", vpcEntity(vpc));
    return c.json({});
  });
}

function subnetFrom(cloud: Cloud, vpc: Vpc, asked: z.infer<typeof NewSubnet>): Subnet {
  const others = vpc.subnets.map((subnet) => subnet.label);
  refuseAll(labelFaults(asked.label, { ...LABELS, among: "VPC's subnets" }, others));
  if (!ipaddr.IPv4.isValidCIDR(asked.ipv4)) throw refused("Must be an IPv4 network in CIDR form", "ipv4");
  const [base, bits] = ipaddr.IPv4.parseCIDR(asked.ipv4);
  if (!RANGES.some((range) => base.match(ipaddr.IPv4.parseCIDR(range))) || bits > 29) {
    throw refused(`Must be in ${RANGES.join(", ")} and of /29 or more`, "ipv4");
  }
  if (vpc.subnets.some((subnet) => overlap(subnet.ipv4, asked.ipv4))) {
    throw refused("Must not overlap with another subnet of the VPC", "ipv4");
  }
  cloud.state.counters.subnet += 1;
  return { id: cloud.state.counters.subnet, label: asked.label, ipv4: asked.ipv4, created: cloud.clock.now() };
}

function requireVpc(state: State, id: string): Vpc {
  const vpc = state.vpcs.find((known) => String(known.id) === id);
  if (!vpc) throw notFound();
  return vpc;
}

function requireSubnet(vpc: Vpc, id: string): Subnet {
  const subnet = vpc.subnets.find((known) => String(known.id) === id);
  if (!subnet) throw notFound();
  return subnet;
}

function requireUnused(state: State, subnet: Subnet): void {
  if (usersOf(state, subnet.id).length > 0) throw refused("Cannot delete a subnet that Linodes are in");
}

function vpcEntity({ id, label }: Vpc) {
  return { type: "vpc", id, label, url: `/v4/vpcs/${id}` } as const;
}

function vpcView(state: State, vpc: Vpc) {
  return {
    id: vpc.id,
    label: vpc.label,
    description: vpc.description,
    region: vpc.region,
    ipv4: RANGES.map((range) => ({ range })),
    ipv6: null,
    subnets: vpc.subnets.map((subnet) => subnetView(state, subnet)),
    vpc_type: "regular",
    created: apiTime(vpc.created),
    updated: apiTime(vpc.updated),
  };
}

function subnetView(state: State, subnet: Subnet) {
  const linodes = usersOf(state, subnet.id).map(({ id, interfaces }) => ({
    id,
    interfaces: interfaces.map(({ address: _, ...shown }) => shown),
  }));
  return {
    id: subnet.id,
    label: subnet.label,
    ipv4: subnet.ipv4,
    ipv6: null,
    linodes,
    databases: [],
    nodebalancers: [],
    vpc_type: "regular",
    created: apiTime(subnet.created),
    updated: apiTime(subnet.created),
  };
}
