import ipaddr from "ipaddr.js";
import { z } from "zod";
import { nextFree } from "../../cloud/network";
import { newPassword } from "../../databases/password";
import { postgresVersion } from "../../images/postgres";
import { findRegion } from "../catalog/regions";
import type { Cloud } from "../cloud";
import { beyondSandbox, unprocessable } from "../errors";
import { knownDroplets } from "../firewalls/asked";
import { uuid } from "../ids";
import { ensureTags, findTag } from "../tags/model";
import { defaultVpc } from "../vpcs/model";
import { ADMIN, type Cluster, FIRST_DATABASE, type Rule } from "./model";
import { type DatabaseSize, defaultVersion, findSize, layouts, versions } from "./sizes";

/** Most trusted sources of a cluster. */
const MOST_RULES = 100;
/** Storage is sold in steps of 10 GiB. */
const STORAGE_STEP = 10 * 1024;

const storage = z.number().int().min(0);

/** Trusted sources as requests bring them. */
export const AskedRules = z.object({
  rules: z
    .array(
      z.object({
        uuid: z.string().nullish(),
        type: z.string(),
        value: z.union([z.string(), z.number()]).transform(String),
        description: z.string().nullish(),
      }),
    )
    .nullish(),
});

/** Body of `POST /v2/databases`. */
export const AskedCluster = AskedRules.extend({
  name: z.string({ error: "name is required" }),
  engine: z.string({ error: "engine is required" }),
  version: z.string().nullish(),
  size: z.string(),
  region: z.string(),
  num_nodes: z.number().int(),
  private_network_uuid: z.string().nullish(),
  project_id: z.string().nullish(),
  tags: z.array(z.string()).nullish(),
  storage_size_mib: storage.nullish(),
  backup_restore: z.looseObject({}).nullish(),
  storage_autoscale: z.looseObject({ enabled: z.boolean() }).nullish(),
  autoscale: z.looseObject({}).nullish(),
});

/** Body of `PUT /v2/databases/ID/resize`. */
export const AskedSize = z.object({
  size: z.string(),
  num_nodes: z.number().int(),
  storage_size_mib: storage.nullish(),
});

/** The record of a cluster that was asked for. Refuses, in the API's words, before anything is made. */
export function clusterFrom(cloud: Cloud, asked: z.infer<typeof AskedCluster>): Cluster {
  const { state } = cloud;
  requireName(cloud, asked.name);
  const version = requireVersion(asked.engine, asked.version || defaultVersion);
  const region = findRegion(asked.region);
  if (!region) throw unprocessable("invalid region");
  const size = requireSize(asked.size, asked.num_nodes);
  if (asked.backup_restore) throw beyondSandbox("clusters from backups, for it makes none");
  if (asked.storage_autoscale?.enabled || asked.autoscale) throw beyondSandbox("storage that grows by itself");
  const storage = requireStorage(size, asked.storage_size_mib ?? 0, 0);
  const vpc = asked.private_network_uuid
    ? requireVpc(cloud, asked.private_network_uuid, region.slug)
    : defaultVpc(cloud, region.slug).id;
  const project = asked.project_id || undefined;
  if (project !== undefined && !state.projects.some((known) => known.id === project)) {
    throw unprocessable("invalid project");
  }
  const address = nextFree(cloud.network.databases, cloud.taken());
  if (address === undefined) {
    throw unprocessable(
      `this will exceed your database cluster limit: the sandbox's range ${cloud.network.databases.join("-")} is used up`,
    );
  }
  const rules = rulesFrom(cloud, asked, []);
  const tags = ensureTags(state, asked.tags ?? []);
  state.counters.database += 1;
  const number = state.counters.database;
  const id = uuid("database", number);
  if (project !== undefined) state.assignments[`do:dbaas:${id}`] = project;
  return {
    id,
    number,
    name: asked.name,
    version,
    region: region.slug,
    size: size.slug,
    nodes: asked.num_nodes,
    storage,
    vpc,
    created: cloud.clock.now(),
    address,
    tags: [...new Set(tags)],
    users: [{ name: ADMIN, role: "primary", password: newPassword(), replication: true }],
    databases: [FIRST_DATABASE],
    rules,
    // The real ones choose a time of their own for each.
    maintenance: { day: "monday", hour: "04:00:00" },
    events: [],
    task: null,
    destroying: false,
  };
}

/** What a cluster is to be after a resize. Throws the API's 422 on what cannot be. */
export function goalFrom(cluster: Cluster, asked: z.infer<typeof AskedSize>) {
  const size = requireSize(asked.size, asked.num_nodes);
  const grown = Math.max(cluster.storage, size.storage);
  const storage = asked.storage_size_mib ? requireStorage(size, asked.storage_size_mib, cluster.storage) : grown;
  return { size: size.slug, nodes: asked.num_nodes, storage };
}

/** The trusted sources of a request as they are kept; one that was there before stays the same. */
export function rulesFrom(cloud: Cloud, asked: z.infer<typeof AskedRules>, before: readonly Rule[]): Rule[] {
  const { state } = cloud;
  const list = asked.rules ?? [];
  if (list.length > MOST_RULES) throw unprocessable(`a cluster has ${MOST_RULES} trusted sources at most`);
  const checked = list.map(({ type, value, description }) => checkedRule(cloud, type, value, description ?? ""));
  return checked.map((rule) => {
    const known = before.find(({ type, value }) => type === rule.type && value === rule.value);
    if (known) return { ...known, description: rule.description };
    state.counters.rule += 1;
    return { ...rule, uuid: uuid("database-rule", state.counters.rule), created: cloud.clock.now() };
  });
}

function checkedRule(cloud: Cloud, type: string, value: string, description: string) {
  switch (type) {
    case "ip_addr":
      if (!ipaddr.IPv4.isValidFourPartDecimal(value) && !ipaddr.IPv4.isValidCIDRFourPartDecimal(value)) {
        throw unprocessable(`invalid IPv4 address or network ${JSON.stringify(value)}`);
      }
      return { type, value, description } as const;
    case "droplet":
      knownDroplets(cloud.state, [Number(value)]);
      return { type, value, description } as const;
    case "tag":
      if (findTag(cloud.state, value) === undefined) {
        throw unprocessable(`tag ${JSON.stringify(value)} does not exist`);
      }
      return { type, value, description } as const;
    case "k8s":
    case "app":
      throw beyondSandbox(`trusted sources of type ${type}, for it has none`);
    default:
      throw unprocessable(`invalid firewall rule type ${JSON.stringify(type)}`);
  }
}

function requireName(cloud: Cloud, name: string): void {
  if (!/^[a-z][a-z0-9-]{1,61}[a-z0-9]$/.test(name)) {
    throw unprocessable("invalid cluster name: 3 to 63 of a-z, 0-9 and -, a letter first, no dash last");
  }
  const holder = cloud.state.databases.find((cluster) => cluster.name === name);
  if (holder && holder.task?.failed == null) throw unprocessable("cluster name is not available");
}

function requireVersion(engine: string, version: string): string {
  if (
    ["mysql", "redis", "valkey", "mongodb", "kafka", "opensearch", "advanced_pg", "advanced_mysql"].includes(engine)
  ) {
    throw beyondSandbox(`database engine ${engine}; it has pg`);
  }
  if (engine !== "pg") throw unprocessable("invalid cluster engine");
  if (!versions.some((known) => known.version === version)) throw unprocessable("invalid cluster engine version");
  if (version !== postgresVersion) throw beyondSandbox(`Postgres ${version}; it has ${postgresVersion}`);
  return version;
}

function requireSize(slug: string, nodes: number): DatabaseSize {
  const size = findSize(slug);
  if (!size) throw unprocessable("invalid size");
  const layout = layouts.find((known) => known.num_nodes === nodes);
  if (!layout?.sizes.includes(slug)) throw unprocessable("invalid node count");
  return size;
}

/** @param asked 0 for what comes with the size  @param now what there is, which never shrinks */
function requireStorage(size: DatabaseSize, asked: number, now: number): number {
  if (asked === 0) return size.storage;
  if (asked < size.storage || asked % STORAGE_STEP !== 0) {
    throw unprocessable(`invalid storage size: from ${size.storage} MiB for ${size.slug}, in steps of ${STORAGE_STEP}`);
  }
  if (asked < now) throw unprocessable("storage size cannot be reduced");
  return asked;
}

function requireVpc(cloud: Cloud, id: string, region: string): string {
  const vpc = cloud.state.vpcs.find((known) => known.id === id);
  if (!vpc) throw unprocessable("invalid private network");
  if (vpc.region !== region) throw unprocessable("the private network is not in the cluster's region");
  return vpc.id;
}
