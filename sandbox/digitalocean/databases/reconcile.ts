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
 * that was under way is done again. A server whose data is gone is not remade: its cluster is forgotten, so that a
 * refresh finds out.
 */
export async function reconcileDatabases(cloud: Cloud): Promise<DatabaseReport> {
  const { state } = cloud;
  const known = new Set(state.databases.map(serverId));
  const busy = state.databases.filter((cluster) => cluster.task !== null && !cluster.task.worked);
  const idle = state.databases.filter((cluster) => !busy.includes(cluster));
  const outcomes = await Promise.all(
    idle.map(async (cluster) => [cluster, await bringInLine(cloud, cluster)] as const),
  );
  const orphans = (await cloud.databases.list()).filter((id) => /^do-database-\d+$/.test(id) && !known.has(id));
  await Promise.all(orphans.map((id) => cloud.servers.run(id, () => cloud.databases.destroy(id))));
  for (const id of orphans) cloud.log(`${id} had no record and was destroyed`);
  for (const cluster of busy) if (cluster.task) perform(cloud, cluster, cluster.task);
  const those = (outcome: string) => outcomes.filter(([, is]) => is === outcome).map(([cluster]) => serverId(cluster));
  return {
    clusters: state.databases.length,
    turnedOn: those("turned on"),
    vanished: those("vanished"),
    orphans,
    resumed: busy.map((cluster) => `${cluster.task?.kind} ${serverId(cluster)}`),
  };
}

type Outcome = "turned on" | "vanished" | "as it was" | "destroyed" | "not had";

/** One server that cannot be had does not keep the others, and the daemon, from coming up. */
async function bringInLine(cloud: Cloud, cluster: Cluster): Promise<Outcome> {
  const id = serverId(cluster);
  try {
    if (cluster.destroying) {
      await remove(cloud, cluster);
      return "destroyed";
    }
    const power = await cloud.databases.power(id);
    if (power === "absent") {
      cloud.log(`${id} and its data are gone; so is cluster ${cluster.name} now`);
      await remove(cloud, cluster);
      return "vanished";
    }
    await cloud.servers.run(id, () => ensureServer(cloud, cluster));
    return power === "off" ? "turned on" : "as it was";
  } catch (error) {
    cloud.log(`${id} could not be brought in line: ${(error as Error).message}`);
    return "not had";
  }
}
