import { alignMachine, destroyOrphans, type Outcome } from "../cloud/align";
import type { Cloud } from "./cloud";
import { reconcileDatabases } from "./databases/reconcile";
import { isOpen, perform } from "./events/run";
import { reapply } from "./firewalls/filters";
import { type Instance, machineId } from "./instances/model";

/** What became of the machines of Linodes after a restart of the daemon; ids are those of machines. */
export interface LinodeReport {
  readonly linodes: number;
  /** Machines that were off and should be on: turned on again. */
  readonly turnedOn: readonly string[];
  /** Machines that are gone; their Linodes are `offline` now and booting makes them anew, with an empty disk. */
  readonly vanished: readonly string[];
  /** Machines of Linodes that no record knows: destroyed. */
  readonly orphans: readonly string[];
  /** Work that was under way and goes on, e.g. `linode_boot linode-101000001`. */
  readonly resumed: readonly string[];
}

/** Brings the machines in line with the records, as the reconciliation of the other cloud does. */
export async function reconcile(cloud: Cloud): Promise<LinodeReport> {
  const { state } = cloud;
  const open = state.events.filter((event) => isOpen(event) && !event.worked);
  const busy = new Set(state.events.filter(isOpen).map((event) => event.holds));
  const idle = state.instances.filter((instance) => !busy.has(instance.id));
  const outcomes = await Promise.all(
    idle.map(async (instance) => [instance, await bringInLine(cloud, instance)] as const),
  );
  const known = new Set(state.instances.map((instance) => machineId(instance.id)));
  const orphans = await destroyOrphans({ ...cloud, things: cloud.machines }, /^linode-\d+$/, known);

  await reconcileDatabases(cloud);
  reapply(cloud);
  for (const event of open) perform(cloud, event);
  await cloud.save();

  const those = (outcome: Outcome) => {
    return outcomes.filter(([, is]) => is === outcome).map(([{ id }]) => machineId(id));
  };
  return {
    linodes: state.instances.length,
    turnedOn: those("turned on"),
    vanished: those("vanished"),
    orphans,
    resumed: open.map(({ action, holds, entity }) => `${action} ${holds === null ? entity?.label : machineId(holds)}`),
  };
}

async function bringInLine(cloud: Cloud, instance: Instance): Promise<Outcome> {
  // One that was made and never booted has no machine, and none is missed.
  if (instance.absent) return "as it was";
  const id = machineId(instance.id);
  const outcome = await alignMachine(cloud, { id, on: instance.status === "running" });
  if (outcome === "vanished") {
    cloud.log(`${id} is gone; its Linode is offline now, and booting makes it anew`);
    Object.assign(instance, { status: "offline", absent: true });
  }
  return outcome;
}
