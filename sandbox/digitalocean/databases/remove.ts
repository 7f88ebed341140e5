import type { Cloud } from "../cloud";
import { type Cluster, liveClusters, serverId } from "./model";
import { missing } from "./require";

/** Destroys the cluster of an id. Resolves when its server is gone: until then its name is not to be had again. Throws the API's 404. */
export async function destroy(cloud: Cloud, id: string): Promise<void> {
  const cluster = liveClusters(cloud.state).find((known) => known.id === id);
  if (!cluster) throw missing("cluster");
  cluster.destroying = true;
  try {
    await remove(cloud, cluster);
  } catch (error) {
    cluster.destroying = false;
    throw error;
  }
}

/** Destroys a cluster's server, then forgets the cluster. */
export async function remove(cloud: Cloud, cluster: Cluster): Promise<void> {
  await cloud.servers.run(serverId(cluster), () => cloud.databases.destroy(serverId(cluster)));
  cloud.sources.delete(serverId(cluster));
  delete cloud.state.assignments[`do:dbaas:${cluster.id}`];
  cloud.state.databases = cloud.state.databases.filter((known) => known !== cluster);
}

/** A cluster that could not be made gives its name to the next. */
export function forgetFailed(cloud: Cloud, name: string): void {
  const failed = cloud.state.databases.find((cluster) => cluster.name === name);
  if (!failed) return;
  failed.destroying = true;
  remove(cloud, failed).catch((error: unknown) => {
    cloud.log(`${serverId(failed)} could not be removed: ${(error as Error).message}`);
  });
}
