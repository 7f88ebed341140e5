import { type Role, type ServerSize, serverSizeOf } from "../../databases/databases";
import type { State } from "../state";
import { findSize } from "./sizes";

/** What a client speaks to: Postgres, as the API numbers its ports. */
export const PORT = 25060;
/** The administrator and the database that every cluster has, and keeps. */
export const ADMIN = "doadmin";
export const FIRST_DATABASE = "defaultdb";

/** A role of a cluster, made through the API. The administrator is the first of them. */
export interface User extends Role {
  readonly role: "primary" | "normal";
}

/** A trusted source. `created` in milliseconds since 1970. */
export interface Rule {
  readonly uuid: string;
  readonly type: "ip_addr" | "droplet" | "tag";
  readonly value: string;
  readonly description: string;
  readonly created: number;
}

/** What is being done to a cluster; plain data, so that it can be taken up again after a restart. */
export interface Task {
  readonly kind: "create" | "resize" | "migrate";
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** How often the cluster was read meanwhile. */
  reads: number;
  /** Whether the work on the server is done. */
  worked: boolean;
  /** Why it failed; the cluster is shown to nobody any more, and its name is free again. */
  failed: string | null;
  /** What the cluster is to be afterwards. */
  readonly goal: Partial<Pick<Cluster, "size" | "nodes" | "storage" | "region">>;
}

/** A thing that happened to a cluster, as the API tells of it. */
export interface Event {
  readonly id: string;
  readonly type: "cluster_create" | "cluster_update";
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** A database cluster on record: one Postgres server, however many nodes it is said to have. */
export interface Cluster {
  readonly id: string;
  /** The how-many-eth it is, by which its server is named. */
  readonly number: number;
  readonly name: string;
  readonly version: string;
  region: string;
  size: string;
  nodes: number;
  /** MiB of disk, which nothing limits. */
  storage: number;
  readonly vpc: string;
  /** Milliseconds since 1970. */
  readonly created: number;
  /** Its address on the sandbox's network, public and private in one. */
  readonly address: string;
  tags: string[];
  users: User[];
  /** Names of its databases. */
  databases: string[];
  rules: Rule[];
  maintenance: { readonly day: string; readonly hour: string };
  events: Event[];
  task: Task | null;
  /** It is being destroyed: no longer shown, but its name and address are taken until its server is gone. */
  destroying: boolean;
}

/** Name of a cluster's server. */
export function serverId(cluster: Pick<Cluster, "number">): string {
  return `do-database-${cluster.number}`;
}

/** The clusters that are not on their way out. */
export function liveClusters(state: State): Cluster[] {
  return state.databases.filter((cluster) => !cluster.destroying);
}

/** The administrator of a cluster. */
export function adminOf(cluster: Cluster): User {
  const admin = cluster.users.find((user) => user.role === "primary");
  if (!admin) throw new Error(`cluster ${cluster.name} has no administrator`);
  return admin;
}

/** What a size gives its server. */
export function serverSize(slug: string): ServerSize {
  const size = findSize(slug);
  if (!size) throw new Error(`there is no size ${slug}`);
  return serverSizeOf(size);
}
