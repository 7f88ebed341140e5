import type { Cloud } from "../cloud";
import { serverId } from "./model";
import { destroyDatabase, ensureServer, onServer } from "./servers";

/**
 * Brings the servers of databases in line with the records after a restart of the daemon, as the other cloud's reconciliation
 * does. What is being made or resized goes on by its event.
 */
export async function reconcileDatabases(cloud: Cloud): Promise<void> {
  const known = new Set(cloud.state.databases.map(({ id }) => serverId(id)));
  const ids = (await cloud.databases.list()).filter((id) => /^linode-database-\d+$/.test(id) && !known.has(id));
  for (const id of ids) {
    await cloud.servers.run(id, () => cloud.databases.destroy(id));
    cloud.log(`${id} had no record and was destroyed`);
  }
  await Promise.all(
    [...cloud.state.databases].map(async (database) => {
      const id = serverId(database.id);
      try {
        if (database.destroying) return await destroyDatabase(cloud, database);
        if (database.status === "provisioning") return;
        if ((await cloud.databases.power(id)) === "absent") {
          cloud.log(`${id} and its data are gone; so is database ${database.label} now`);
          return await destroyDatabase(cloud, database);
        }
        await onServer(cloud, database.id, () => ensureServer(cloud, database));
      } catch (error) {
        // One server that cannot be had does not keep the others, and the daemon, from coming up.
        cloud.log(`${id} could not be brought in line: ${(error as Error).message}`);
      }
    }),
  );
}
