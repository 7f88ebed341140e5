import { type ServerSize, serverSizeOf } from "../../databases/databases";
import { findDatabaseType } from "./catalog";

/** The administrator and the database that every cluster has. */
export const ADMIN = "akmadmin";
export const FIRST_DATABASE = "defaultdb";

/** When the provider may work on a database. `hour_of_day` in UTC, `duration` in hours. */
export interface Window {
  /** 1 is Monday. */
  readonly day_of_week: number;
  readonly duration: number;
  readonly frequency: "weekly";
  readonly hour_of_day: number;
}

/** A managed database on record: one Postgres server, however many nodes it is said to have. Times in milliseconds since 1970. */
export interface Database {
  readonly id: number;
  label: string;
  readonly region: string;
  type: string;
  readonly version: string;
  nodes: number;
  readonly created: number;
  updated: number;
  /** Its address on the sandbox's network. */
  readonly address: string;
  /** Networks that reach it, in CIDR form; none: nobody. */
  allowed: string[];
  window: Window;
  password: string;
  status: "provisioning" | "active" | "resizing" | "failed";
  /** It is being destroyed: no longer shown, but its label and address are taken until its server is gone. */
  destroying: boolean;
}

/** Name of a database's server. */
export function serverId(id: number): string {
  return `linode-database-${id}`;
}

/** Each cluster has a port of its own, as the real ones have. */
export function portOf({ id }: Pick<Database, "id">): number {
  return 10_000 + (id % 20_000);
}

/** The networks of an allow-list as its server takes them; `undefined`: everyone. The sandbox has no IPv6. */
export function sourcesOf({ allowed }: Pick<Database, "allowed">): string[] | undefined {
  if (allowed.includes("0.0.0.0/0")) return undefined;
  return allowed.filter((network) => !network.includes(":"));
}

/** What a plan gives its server. */
export function serverSize(type: string): ServerSize {
  const plan = findDatabaseType(type);
  if (!plan) throw new Error(`there is no plan ${type} for databases`);
  return serverSizeOf(plan);
}
