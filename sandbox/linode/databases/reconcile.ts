import { destroyOrphans } from "../../cloud/align";
import { alignServer } from "../../cloud/alignServer";
import type { Cloud } from "../cloud";
import { serverId } from "./model";
import { destroyDatabase, ensureServer, onServer } from "./servers";

/**
 * Brings the servers of databases in line with the records after a restart of the daemon, as the other cloud's reconciliation
 * does. What is being made or resized goes on by its event.
 */
export async function reconcileDatabases(cloud: Cloud): Promise<void> {
  const known = new Set(cloud.state.databases.map(({ id }) => serverId(id)));
  await destroyOrphans({ ...cloud, things: cloud.databases, work: cloud.servers }, /^linode-database-\d+$/, known);
  const idle = cloud.state.databases.filter(({ status, destroying }) => destroying || status !== "provisioning");
  await Promise.all(
    idle.map((database) =>
      alignServer(cloud, {
        id: serverId(database.id),
        name: `database ${database.label}`,
        destroying: database.destroying,
        remove: () => destroyDatabase(cloud, database),
        ensure: () => onServer(cloud, database.id, () => ensureServer(cloud, database)),
      }),
    ),
  );
}
