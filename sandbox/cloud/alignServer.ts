import type { Databases } from "../databases/databases";

/** A managed database of a cloud, as its record says. */
export interface KeptServer {
  /** Id of its server. */
  readonly id: string;
  /** What the cloud calls it, e.g. `cluster main`. */
  readonly name: string;
  /** Whether it was being destroyed. */
  readonly destroying: boolean;
  /** Destroys its server, then forgets it. */
  remove(): Promise<void>;
  /** Has its server answer, with the sources on record. */
  ensure(): Promise<void>;
}

/** What had to be done for one server after a restart of the daemon. */
export type ServerOutcome = "turned on" | "vanished" | "as it was" | "destroyed" | "not had";

/**
 * Turns a database server on, or goes on with its destruction. One whose data is gone is not remade: its record is forgotten, so that a
 * refresh finds out. One that cannot be had is told of and left: it must not keep the others, and the daemon, from coming up.
 */
export async function alignServer(
  { databases, log }: { readonly databases: Databases; log(line: string): void },
  { id, name, destroying, remove, ensure }: KeptServer,
): Promise<ServerOutcome> {
  try {
    if (destroying) {
      await remove();
      return "destroyed";
    }
    const power = await databases.power(id);
    if (power === "absent") {
      log(`${id} and its data are gone; so is ${name} now`);
      await remove();
      return "vanished";
    }
    await ensure();
    return power === "off" ? "turned on" : "as it was";
  } catch (error) {
    log(`${id} could not be brought in line: ${(error as Error).message}`);
    return "not had";
  }
}
