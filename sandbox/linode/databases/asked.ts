import ipaddr from "ipaddr.js";
import { z } from "zod";
import { nextFree } from "../../cloud/network";
import { newPassword } from "../../databases/password";
import { postgresVersion } from "../../images/postgres";
import { findRegion } from "../catalog/regions";
import type { Cloud } from "../cloud";
import { beyondSandbox, type Reason, refuseAll, refused } from "../errors";
import { findDatabaseType, versions } from "./catalog";
import type { Database } from "./model";

const LABEL = "Label must be between 3 and 32 characters";

const Window = z.object({
  day_of_week: z.number().int().min(1, "Must be 1-7").max(7, "Must be 1-7"),
  duration: z.number().int().min(1, "Must be 1-6").max(6, "Must be 1-6").default(4),
  frequency: z.enum(["weekly"], { error: "Must be one of weekly" }).default("weekly"),
  hour_of_day: z.number().int().min(0, "Must be 0-23").max(23, "Must be 0-23"),
});

const fields = {
  label: z.string().min(3, LABEL).max(32, LABEL),
  type: z.string(),
  cluster_size: z.number().int(),
  allow_list: z.array(z.string()).nullish(),
  engine_config: z.looseObject({}).nullish(),
  private_network: z.looseObject({}).nullish(),
};

/** Body of `POST /databases/postgresql/instances`. */
export const AskedDatabase = z.object({
  ...fields,
  region: z.string(),
  engine: z.string(),
  cluster_size: fields.cluster_size.default(1),
  fork: z.looseObject({}).nullish(),
});

/** Body of `PUT /databases/postgresql/instances/ID`. */
export const ChangedDatabase = z.object({ ...fields, version: z.string(), updates: Window }).partial();

/** The record of a database that was asked for. Refuses, in the API's words, before anything is made. */
export function databaseFrom(cloud: Cloud, asked: z.infer<typeof AskedDatabase>): Database {
  const { state } = cloud;
  const region = findRegion(asked.region);
  refuseAll([
    ...labelFaults(cloud, asked.label),
    ...(region ? [] : [{ reason: "region is not valid", field: "region" }]),
    ...(region && !region.capabilities.includes("Managed Databases")
      ? [{ reason: "Managed Databases are not available in this region", field: "region" }]
      : []),
    ...planFaults(asked.type, asked.cluster_size),
  ]);
  if (asked.fork) throw beyondSandbox("databases from the backup of another, for it makes none");
  refuseBeyond(asked);
  const version = requireVersion(asked.engine);
  const allowed = allowedFrom(asked.allow_list ?? []);
  const address = nextFree(cloud.network.databases, cloud.taken());
  if (address === undefined) {
    throw refused(`Account limit reached: the sandbox's range ${cloud.network.databases.join("-")} is used up`);
  }
  state.counters.database += 1;
  return {
    id: state.counters.database,
    label: asked.label,
    region: asked.region,
    type: asked.type,
    version,
    nodes: asked.cluster_size,
    created: cloud.clock.now(),
    updated: cloud.clock.now(),
    address,
    allowed,
    // The real ones choose a time of their own for each.
    window: { day_of_week: 1, duration: 4, frequency: "weekly", hour_of_day: 4 },
    password: newPassword(),
    status: "provisioning",
    destroying: false,
  };
}

/** Throws the API's refusal of a change that cannot be. */
export function refuseChange(cloud: Cloud, database: Database, asked: z.infer<typeof ChangedDatabase>): void {
  refuseAll([
    ...(asked.label === undefined ? [] : labelFaults(cloud, asked.label, database)),
    ...planFaults(asked.type ?? database.type, asked.cluster_size ?? database.nodes),
  ]);
  if (asked.version !== undefined && asked.version !== database.version) {
    if (!versions.includes(asked.version) || Number(asked.version) < Number(database.version)) {
      throw refused("version is not valid", "version");
    }
    throw beyondSandbox(`Postgres ${asked.version}`);
  }
  refuseBeyond(asked);
}

/** An allow-list as it is kept: in CIDR form, in order. Throws the API's 400. */
export function allowedFrom(list: readonly string[]): string[] {
  const networks = list.map((text, index) => {
    const field = `allow_list[${index}]`;
    if (!ipaddr.isValid(text) && !ipaddr.isValidCIDR(text)) throw refused("Must be a valid IP address or range", field);
    if (text.includes("/")) return text;
    return `${text}/${ipaddr.parse(text).kind() === "ipv4" ? 32 : 128}`;
  });
  return [...new Set(networks)].sort();
}

function labelFaults(cloud: Cloud, label: string, database?: Database): Reason[] {
  const taken = cloud.state.databases.some((other) => other !== database && other.label === label);
  return taken ? [{ reason: "Label must be unique among your databases", field: "label" }] : [];
}

function planFaults(type: string, nodes: number): Reason[] {
  const plan = findDatabaseType(type);
  if (!plan) return [{ reason: "type is not valid", field: "type" }];
  const sizes = plan.prices.map(({ quantity }) => quantity);
  return sizes.includes(nodes) ? [] : [{ reason: `Must be one of ${sizes.join(", ")}`, field: "cluster_size" }];
}

function refuseBeyond(asked: Pick<z.infer<typeof ChangedDatabase>, "engine_config" | "private_network">): void {
  if (hasValue(asked.engine_config)) throw beyondSandbox("settings of the engine (engine_config)");
  if (asked.private_network) throw beyondSandbox("databases in a VPC (private_network)");
}

function hasValue(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return value !== undefined && value !== null;
  return Object.values(value).some(hasValue);
}

function requireVersion(engine: string): string {
  const [name, version = ""] = engine.split("/");
  if (name === "mysql") throw beyondSandbox(`database engine ${engine}; it has postgresql/${postgresVersion}`);
  if (name !== "postgresql" || !versions.includes(version)) throw refused("engine is not valid", "engine");
  if (version !== postgresVersion) throw beyondSandbox(`Postgres ${version}; it has ${postgresVersion}`);
  return version;
}
