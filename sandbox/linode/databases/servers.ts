import type { Cloud } from "../cloud";
import { ADMIN, type Database, FIRST_DATABASE, portOf, serverId, serverSize, sourcesOf } from "./model";

/** The database of an id that is not on its way out, or `undefined`. */
export function findDatabase(cloud: Cloud, id: number): Database | undefined {
  return cloud.state.databases.find((database) => database.id === id && !database.destroying);
}

/** Does work on a database's server when its turn comes, if the database is still there. */
export function onServer(cloud: Cloud, id: number, work: (database: Database) => Promise<void>): Promise<void> {
  return cloud.servers.run(serverId(id), async () => {
    // A reset of the sandbox forgets a database while its work waits.
    const database = findDatabase(cloud, id);
    if (database) await work(database);
  });
}

/** Makes a database's server, or has the one there is answer, with the allow-list on record. */
export async function ensureServer(cloud: Cloud, database: Database): Promise<void> {
  const sources = sourcesOf(database);
  await cloud.databases.create({
    id: serverId(database.id),
    address: database.address,
    port: portOf(database),
    ...serverSize(database.type),
    admin: { name: ADMIN, password: database.password },
    database: FIRST_DATABASE,
    sources,
  });
  await cloud.databases.setSources(serverId(database.id), sources);
}

/** Destroys a database's server, then forgets the database. */
export async function destroyDatabase(cloud: Cloud, database: Database): Promise<void> {
  database.destroying = true;
  try {
    await cloud.servers.run(serverId(database.id), () => cloud.databases.destroy(serverId(database.id)));
  } catch (error) {
    database.destroying = false;
    throw error;
  }
  cloud.state.databases = cloud.state.databases.filter((known) => known !== database);
}
