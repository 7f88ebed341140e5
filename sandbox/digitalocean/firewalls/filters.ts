import type { Cloud } from "../cloud";
import { reapplySources } from "../databases/sources";
import { findDroplet, liveDroplets, machineId } from "../droplets/model";
import { covers, type FirewallRecord, resolve } from "./model";

/** What is known of the packet filter of one droplet's machine. Rules as JSON; `undefined` if nothing is known. */
export interface Filter {
  applied: string | undefined;
  wanted: string | undefined;
  /** Ids of the firewalls that cover the droplet. */
  covering: readonly string[];
  /** Ids of the firewalls that covered it before or cover it now, while its rules are changing. */
  changing: Set<string>;
  failed: boolean;
}

/** The packet filters of droplets' machines by droplet id. Not saved: after a restart every filter is applied anew. */
export type Filters = Map<number, Filter>;

/** A change of a firewall that has not reached a machine yet. */
export interface PendingChange {
  readonly droplet_id: number;
  readonly removing: boolean;
  readonly status: "waiting";
}

/**
 * Has every machine's filter brought in line with the firewalls on record, and every database server's trusted sources
 * with the droplets. Call after any change that bears on them.
 */
export function reapply(cloud: Cloud): void {
  for (const droplet of liveDroplets(cloud.state)) {
    const filter = filterOf(cloud, droplet.id);
    const wanted = JSON.stringify(resolve(cloud.state, droplet) ?? null);
    const covering = cloud.state.firewalls.filter((firewall) => covers(firewall, droplet)).map(({ id }) => id);
    const before = filter.covering;
    filter.covering = covering;
    if (filter.wanted === wanted && !filter.failed) continue;
    filter.wanted = wanted;
    for (const id of [...before, ...covering]) filter.changing.add(id);
    void cloud.work
      .run(machineId(droplet.id), () => applyFilter(cloud, droplet.id))
      .catch((error: unknown) => cloud.log(`firewall of ${machineId(droplet.id)} failed: ${(error as Error).message}`));
  }
  void reapplySources(cloud);
}

/** Applies what a droplet's filter should be now, unless it is so already. For the machine's own queue. */
export async function applyFilter(cloud: Cloud, id: number): Promise<void> {
  const droplet = findDroplet(cloud.state, id);
  if (!droplet || droplet.destroying) return;
  const filter = filterOf(cloud, id);
  const rules = resolve(cloud.state, droplet);
  const wanted = JSON.stringify(rules ?? null);
  filter.failed = false;
  try {
    if (!droplet.absent && filter.applied !== wanted) {
      await cloud.machines.setFirewall(machineId(id), rules);
      filter.applied = wanted;
    }
  } catch (error) {
    filter.applied = undefined;
    filter.failed = true;
    throw error;
  } finally {
    if (filter.wanted === wanted) filter.changing.clear();
  }
}

/** Notes that a droplet's machine is gone or new, so that nothing is known of its filter. */
export function forgetApplied(cloud: Cloud, id: number): void {
  filterOf(cloud, id).applied = undefined;
}

/** The changes of a firewall that have not reached their machines yet. */
export function pendingChanges(cloud: Cloud, firewall: FirewallRecord): PendingChange[] {
  return [...cloud.filters]
    .filter(([, filter]) => filter.changing.has(firewall.id))
    .map(([id, filter]) => ({ droplet_id: id, removing: !filter.covering.includes(firewall.id), status: "waiting" }));
}

/** `failed` if one of its machines refused the rules, `waiting` while changes are under way, else `succeeded`. */
export function firewallStatus(cloud: Cloud, firewall: FirewallRecord): "waiting" | "succeeded" | "failed" {
  const filters = [...cloud.filters.values()];
  if (filters.some((filter) => filter.failed && filter.covering.includes(firewall.id))) return "failed";
  return filters.some((filter) => filter.changing.has(firewall.id)) ? "waiting" : "succeeded";
}

function filterOf(cloud: Cloud, id: number): Filter {
  const known = cloud.filters.get(id);
  if (known) return known;
  const filter: Filter = { applied: undefined, wanted: undefined, covering: [], changing: new Set(), failed: false };
  cloud.filters.set(id, filter);
  return filter;
}
