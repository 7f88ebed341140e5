import type { Cloud } from "../cloud";
import { liveDroplets } from "../droplets/model";
import { bears } from "../firewalls/model";
import type { State } from "../state";
import { type Cluster, liveClusters, serverId } from "./model";

/**
 * What each server was told of trusted sources, as JSON, by its id; nothing of one that is not made yet. Not saved: after
 * a restart all are applied anew.
 */
export type AppliedSources = Map<string, string>;

/**
 * The addresses that reach a cluster: those its rules name, and those of the droplets they name or whose tags they name.
 * `undefined` without any rule: everyone.
 */
export function resolveSources(state: State, cluster: Pick<Cluster, "rules">): string[] | undefined {
  if (cluster.rules.length === 0) return undefined;
  const all = cluster.rules.flatMap(({ type, value }) => {
    switch (type) {
      case "ip_addr":
        return [value];
      case "droplet":
        return addresses(state, (droplet) => String(droplet.id) === value);
      case "tag":
        return addresses(state, (droplet) => bears(droplet.tags, value));
      default:
        return type satisfies never;
    }
  });
  return [...new Set(all)];
}

/** Has every cluster's sources brought in line with the records. Call after any change that bears on them. */
export async function reapplySources(cloud: Cloud): Promise<void> {
  await Promise.all(liveClusters(cloud.state).map((cluster) => reapply(cloud, cluster)));
}

/** Notes what a server was told of trusted sources. */
export function noteSources(cloud: Cloud, cluster: Cluster, sources: readonly string[] | undefined): void {
  cloud.sources.set(serverId(cluster), JSON.stringify(sources ?? null));
}

async function reapply(cloud: Cloud, cluster: Cluster): Promise<void> {
  const id = serverId(cluster);
  const wanted = () => JSON.stringify(resolveSources(cloud.state, cluster) ?? null);
  if (cloud.sources.get(id) === wanted()) return;
  try {
    await cloud.servers.run(id, async () => {
      // One that is being made gets its sources with its order; what changed meanwhile comes after.
      if (cluster.destroying || cloud.sources.get(id) === undefined || cloud.sources.get(id) === wanted()) return;
      const sources = resolveSources(cloud.state, cluster);
      await cloud.databases.setSources(id, sources);
      noteSources(cloud, cluster, sources);
    });
  } catch (error) {
    // The next change has it tried again.
    cloud.sources.set(id, "");
    cloud.log(`trusted sources of ${id} failed: ${(error as Error).message}`);
  }
}

function addresses(state: State, isMeant: (droplet: State["droplets"][number]) => boolean): string[] {
  return liveDroplets(state)
    .filter(isMeant)
    .map((droplet) => droplet.address);
}
