import type { Machines } from "../machines/machines";
import type { WorkQueue } from "./work";

/** A thing of a cloud that has a machine behind it, as its record says. */
export interface Kept {
  /** Id of its machine. */
  readonly id: string;
  /** Whether the machine should run. */
  readonly on: boolean;
}

/** What had to be done for one machine after a restart of the daemon. */
export type Outcome = "turned on" | "vanished" | "as it was" | "not had";

/** What {@link alignMachine} works with. */
export interface Aligning {
  readonly machines: Machines;
  readonly work: WorkQueue;
  log(line: string): void;
}

/**
 * Turns a machine on or off as its record says. A machine that is gone is not remade unasked, for its data is gone too.
 * One that cannot be had is told of and left: it must not keep the others, and the daemon, from coming up.
 */
export async function alignMachine(cloud: Aligning, kept: Kept): Promise<Outcome> {
  try {
    return await cloud.work.run(kept.id, () => align(cloud, kept));
  } catch (error) {
    cloud.log(`${kept.id} could not be brought in line: ${(error as Error).message}`);
    return "not had";
  }
}

/** Machines or database servers, as far as they are counted and cleared away. */
interface Things {
  list(): Promise<readonly string[]>;
  destroy(id: string): Promise<void>;
}

/** Destroys the machines, or servers, of one cloud that no record knows. @param whose which of them are that cloud's */
export async function destroyOrphans(
  { things, work, log }: { readonly things: Things; readonly work: WorkQueue; log(line: string): void },
  whose: RegExp,
  known: ReadonlySet<string>,
): Promise<string[]> {
  const orphans = (await things.list()).filter((id) => whose.test(id) && !known.has(id));
  await Promise.all(orphans.map((id) => work.run(id, () => things.destroy(id))));
  for (const id of orphans) log(`${id} had no record and was destroyed`);
  return orphans;
}

async function align({ machines }: Aligning, { id, on }: Kept): Promise<Outcome> {
  const power = await machines.power(id);
  if (power === "absent") return "vanished";
  if (power === "off" && on) {
    await machines.turnOn(id);
    return "turned on";
  }
  if (power === "on" && !on) await machines.turnOff(id, "hard");
  return "as it was";
}
