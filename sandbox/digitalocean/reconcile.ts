import { alignMachine, destroyOrphans, type Outcome } from "../cloud/align";
import { applyAddresses } from "./actions/changes";
import { perform } from "./actions/run";
import type { Cloud } from "./cloud";
import { type DatabaseReport, reconcileDatabases } from "./databases/reconcile";
import { type Droplet, machineId } from "./droplets/model";
import { reapply } from "./firewalls/filters";
import { extraAddresses } from "./reservedips/model";

/** What became of the machines of droplets after a restart of the daemon; ids are those of machines. */
export interface DropletReport {
  readonly droplets: number;
  /** Machines that were off and should be on: turned on again. */
  readonly turnedOn: readonly string[];
  /** Machines that are gone; their droplets are `off` now and `power_on` makes them anew, with an empty disk. */
  readonly vanished: readonly string[];
  /** Machines of droplets that no record knows: destroyed. */
  readonly orphans: readonly string[];
  /** Work that was under way and goes on, e.g. `create droplet-530000001`. */
  readonly resumed: readonly string[];
  readonly databases: DatabaseReport;
}

/**
 * Brings the machines in line with the records: what should be on is turned on, what should be off is turned off, work
 * that was under way is done again, firewalls and addresses are applied anew. A machine that is gone is not remade
 * unasked, for its data is gone too: its droplet is `off`.
 */
export async function reconcile(cloud: Cloud): Promise<DropletReport> {
  const { state } = cloud;
  const busy = new Set(
    state.actions.filter((action) => action.status === "in-progress").flatMap((action) => action.locks),
  );
  const idle = state.droplets.filter((droplet) => !busy.has(droplet.id));
  const outcomes = await Promise.all(
    idle.map(async (droplet) => [droplet, await bringInLine(cloud, droplet)] as const),
  );
  const known = new Set(state.droplets.map((droplet) => machineId(droplet.id)));
  const orphans = await destroyOrphans({ ...cloud, things: cloud.machines }, /^droplet-\d+$/, known);

  const databases = await reconcileDatabases(cloud);

  reapply(cloud);
  for (const droplet of state.droplets.filter((known) => extraAddresses(state, known.id).length > 0)) {
    void applyAddresses(cloud, droplet.id).catch((error: unknown) => {
      cloud.log(`addresses of ${machineId(droplet.id)} failed: ${(error as Error).message}`);
    });
  }
  const resumed = state.actions.filter((action) => action.status === "in-progress" && !action.worked);
  for (const action of resumed) perform(cloud, action);
  await cloud.save();

  const those = (outcome: string) => outcomes.filter(([, is]) => is === outcome).map(([{ id }]) => machineId(id));
  return {
    droplets: state.droplets.length,
    turnedOn: those("turned on"),
    vanished: those("vanished"),
    orphans,
    resumed: resumed.map(
      (action) =>
        `${action.type} ${"droplet" in action.change ? machineId(action.change.droplet ?? 0) : action.resourceId}`,
    ),
    databases,
  };
}

async function bringInLine(cloud: Cloud, droplet: Droplet): Promise<Outcome> {
  const id = machineId(droplet.id);
  const outcome = await alignMachine(cloud, { id, on: droplet.status === "active" });
  if (outcome === "turned on" || outcome === "as it was") droplet.absent = false;
  if (outcome === "vanished") {
    if (!droplet.absent) cloud.log(`${id} is gone; its droplet is off now, and power_on makes it anew`);
    Object.assign(droplet, { status: "off", absent: true });
  }
  return outcome;
}
