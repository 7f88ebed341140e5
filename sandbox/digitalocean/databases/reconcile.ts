import { destroyOrphans } from "../../cloud/align";
import { alignServer, type ServerOutcome } from "../../cloud/alignServer";
import type { Cloud } from "../cloud";
import { type Cluster, serverId } from "./model";
import { remove } from "./remove";
import { ensureServer, perform } from "./tasks";

/** What became of the database servers after a restart of the daemon; ids are those of servers. */
export interface DatabaseReport {
  readonly clusters: number;
  /** Servers that were off: turned on again. */
  readonly turnedOn: readonly string[];
  /** Servers whose data is gone: so are their clusters. */
  readonly vanished: readonly string[];
  /** Servers that no record knows: destroyed. */
  readonly orphans: readonly string[];
  /** Work that was under way and goes on, e.g. `create do-database-1`. */
  readonly resumed: readonly string[];
}

/**
 * Brings the database servers in line with the records: all are turned on, what was being destroyed is destroyed, work
 * that was under way is done again.
 */
export async function reconcileDatabases(cloud: Cloud): Promise<DatabaseReport> {
  const { state } = cloud;
  const known = new Set(state.databases.map(serverId));
  const busy = state.databases.filter((cluster) => cluster.task !== null && !cluster.task.worked);
  const idle = state.databases.filter((cluster) => !busy.includes(cluster));
  const outcomes = await Promise.all(
    idle.map(async (cluster) => [cluster, await bringInLine(cloud, cluster)] as const),
  );
  const orphans = await destroyOrphans(
    { ...cloud, things: cloud.databases, work: cloud.servers },
    /^do-database-\d+$/,
    known,
  );
  for (const cluster of busy) if (cluster.task) perform(cloud, cluster, cluster.task);
  const those = (outcome: ServerOutcome) =>
    outcomes.filter(([, is]) => is === outcome).map(([cluster]) => serverId(cluster));
  return {
    clusters: state.databases.length,
    turnedOn: those("turned on"),
    vanished: those("vanished"),
    orphans,
    resumed: busy.map((cluster) => `${cluster.task?.kind} ${serverId(cluster)}`),
  };
}

function bringInLine(cloud: Cloud, cluster: Cluster): Promise<ServerOutcome> {
  const id = serverId(cluster);
  return alignServer(cloud, {
    id,
    name: `cluster ${cluster.name}`,
    destroying: cluster.destroying,
    remove: () => remove(cloud, cluster),
    ensure: () => cloud.servers.run(id, () => ensureServer(cloud, cluster)),
  });
}
