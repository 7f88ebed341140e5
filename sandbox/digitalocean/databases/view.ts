import type { Cloud } from "../cloud";
import { apiTime } from "../ids";
import { defaultProject } from "../projects/default";
import { adminOf, type Cluster, FIRST_DATABASE, PORT, type Rule, type User } from "./model";
import { versions } from "./sizes";
import { statusOf } from "./tasks";

/** A cluster as the API shows it. */
export function clusterView(cloud: Cloud, cluster: Cluster) {
  const version = versions.find((known) => known.version === cluster.version);
  const connection = connectionView(cluster);
  return {
    id: cluster.id,
    name: cluster.name,
    engine: "pg",
    version: cluster.version,
    connection,
    private_connection: connection,
    users: cluster.users.map(userView),
    db_names: cluster.databases,
    num_nodes: cluster.nodes,
    region: cluster.region,
    status: statusOf(cluster),
    created_at: apiTime(cluster.created),
    maintenance_window: { ...cluster.maintenance, pending: false, description: [] },
    size: cluster.size,
    tags: cluster.tags,
    private_network_uuid: cluster.vpc,
    project_id: cloud.state.assignments[`do:dbaas:${cluster.id}`] ?? defaultProject(cloud).id,
    rules: cluster.rules.map((rule) => ruleView(cluster, rule)),
    storage_size_mib: cluster.storage,
    metrics_endpoints: [],
    version_end_of_life: version?.endOfLife ?? null,
    version_end_of_availability: version?.endOfAvailability ?? null,
  };
}

/** A user as the API shows it. */
export function userView(user: User) {
  return {
    name: user.name,
    role: user.role,
    password: user.password,
    ...(user.role === "normal" && user.replication ? { settings: { pg_allow_replication: true } } : {}),
  };
}

/** A trusted source as the API shows it. */
export function ruleView(cluster: Cluster, rule: Rule) {
  const { uuid, type, value, description, created } = rule;
  return {
    uuid,
    cluster_uuid: cluster.id,
    type,
    value,
    created_at: apiTime(created),
    ...(description === "" ? {} : { description }),
  };
}

/** Public and private connection are the same: the sandbox has one network. The host is an address, for it has no names. */
function connectionView(cluster: Cluster) {
  const { name: user, password } = adminOf(cluster);
  const host = cluster.address;
  return {
    protocol: "postgresql",
    uri: `postgresql://${user}:${password}@${host}:${PORT}/${FIRST_DATABASE}?sslmode=require`,
    database: FIRST_DATABASE,
    host,
    port: PORT,
    user,
    password,
    ssl: true,
  };
}
