import type { Cloud } from "../cloud";
import { findInstance, liveInstances, machineId } from "../instances/model";
import { resolve } from "./model";

/** What is known of the packet filter of one Linode's machine. Rules as JSON; `undefined` if nothing is known. */
export interface Filter {
  applied: string | undefined;
  wanted: string | undefined;
}

/** The packet filters of Linodes' machines by Linode id. Not saved: after a restart every filter is applied anew. */
export type Filters = Map<number, Filter>;

/**
 * Has every machine's filter brought in line with the firewalls on record. Call after any change that bears on them.
 * @returns the machines whose rules change
 */
export function reapply(cloud: Cloud): string[] {
  const changing: string[] = [];
  for (const instance of liveInstances(cloud.state)) {
    const filter = filterOf(cloud, instance.id);
    const wanted = JSON.stringify(resolve(cloud.state, instance) ?? null);
    if (filter.wanted === wanted) continue;
    filter.wanted = wanted;
    const machine = machineId(instance.id);
    changing.push(machine);
    void cloud.work
      .run(machine, () => applyFilter(cloud, instance.id))
      .catch((error: unknown) => cloud.log(`firewall of ${machine} failed: ${(error as Error).message}`));
  }
  return changing;
}

/** Applies what a Linode's filter should be now, unless it is so already. For the machine's own queue. */
export async function applyFilter(cloud: Cloud, id: number): Promise<void> {
  const instance = findInstance(cloud.state, id);
  if (!instance || instance.deleting || instance.absent) return;
  const filter = filterOf(cloud, id);
  const rules = resolve(cloud.state, instance);
  const wanted = JSON.stringify(rules ?? null);
  if (filter.applied === wanted) return;
  try {
    await cloud.machines.setFirewall(machineId(id), rules);
    filter.applied = wanted;
  } catch (error) {
    // The next change, and the next boot, try again.
    Object.assign(filter, { applied: undefined, wanted: undefined });
    throw error;
  }
}

/** Notes that a Linode's machine is gone or new, so that nothing is known of its filter. */
export function forgetApplied(cloud: Cloud, id: number): void {
  filterOf(cloud, id).applied = undefined;
}

function filterOf(cloud: Cloud, id: number): Filter {
  const known = cloud.filters.get(id);
  if (known) return known;
  const filter: Filter = { applied: undefined, wanted: undefined };
  cloud.filters.set(id, filter);
  return filter;
}
