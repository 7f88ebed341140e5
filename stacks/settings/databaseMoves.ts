/** Whether an app's database would be left behind, and dropped with its data, by what its settings say now. */
import { clusterName, placeOf } from "../../infra/database/choice";
import type { AppSettings, Settings } from "../settings";
import type { Mistake } from "./mistakes";

/**
 * Finds apps whose settings lead to another database than the one they live with, without a word on what becomes of the data there.
 * @param before where each app's data was after the last successful run, as `placeOf` says it
 */
export function mistakesInMoves(
  apps: readonly Pick<AppSettings, "name" | "database">[],
  before: Readonly<Record<string, string | undefined>>,
): Mistake[] {
  return apps.flatMap(({ name, database: { at, from } }) => {
    const was = before[name];
    if (was === undefined || was === placeOf(at) || from === "none") return [];
    if (from !== undefined && placeOf(from) === was) return [];
    return [
      {
        path: `slipway:apps.${name}.database`,
        what: `the data of ${name} is in the database of mode ${was}, and the settings lead to one of mode ${placeOf(at)}: this would drop the old one and begin with an empty one`,
        mend: `from: { mode: ${was.split(" ")[0]}, … } as it stood here before carries the data over (docs/databases.md); from: none gives it up`,
      },
    ];
  });
}

/**
 * Finds clusters that the settings put into another region, where their cloud can't move one: it would be dropped for an empty one.
 * @param before the region of each such cluster after the last run, by its name
 */
export function mistakesInRegions(
  {
    project,
    stack,
    host,
    apps,
  }: Pick<Settings, "project" | "stack" | "host"> & {
    readonly apps: readonly Pick<AppSettings, "name" | "database">[];
  },
  before: Readonly<Record<string, string>>,
): Mistake[] {
  const found = new Map<string, Mistake>();
  for (const { name, database } of apps) {
    for (const place of [database.at, database.from]) {
      if (place === undefined || place === "none" || place.mode !== "managed") continue;
      const cluster = clusterName(`${project}-${stack}`, name, place.owner);
      const was = before[cluster];
      const region = place.cluster.region ?? ("region" in host ? host.region : undefined);
      if (was === undefined || region === undefined || was === region) continue;
      const path = place.owner === "stack" ? "slipway:database.region" : `slipway:apps.${name}.database.region`;
      found.set(cluster, {
        path,
        what: `cluster ${cluster} is in ${was}, and ${host.provider} can't move one to ${region}: this would drop it and begin with an empty one`,
        mend: `region: ${was} keeps it where it is, wherever the machine goes; to have the data elsewhere move the apps to mode host, then back (docs/databases.md)`,
      });
    }
  }
  return [...found.values()];
}
