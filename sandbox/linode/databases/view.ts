import { apiTime } from "../time";
import { findDatabaseType } from "./catalog";
import { type Database, portOf } from "./model";

/** A database as the API shows it. The host is an address, for a server in the sandbox has no name. */
export function databaseView(database: Database) {
  const ready = database.status !== "provisioning";
  const disk = Math.floor((findDatabaseType(database.type)?.disk ?? 0) / 1024);
  return {
    id: database.id,
    label: database.label,
    region: database.region,
    type: database.type,
    engine: "postgresql",
    version: database.version,
    status: database.status,
    allow_list: database.allowed,
    port: portOf(database),
    hosts: { primary: database.address, standby: database.nodes > 1 ? database.address : null },
    members: ready ? { [database.address]: "primary" } : {},
    cluster_size: database.nodes,
    platform: "rdbms-default",
    encrypted: true,
    ssl_connection: true,
    updates: { ...database.window, pending: [] },
    created: apiTime(database.created),
    updated: apiTime(database.updated),
    fork: null,
    oldest_restore_time: null,
    total_disk_size_gb: disk,
    used_disk_size_gb: ready ? 0 : null,
    engine_config: {
      pg: { password_encryption: "scram-sha-256" },
      pg_stat_monitor_enable: false,
      pglookout: { max_failover_replication_time_lag: 60 },
    },
  };
}

/** A database as events name it. */
export function databaseEntity({ id, label }: Database) {
  return { type: "database", id, label, url: `/v4/databases/postgresql/instances/${id}` } as const;
}
