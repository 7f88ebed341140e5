/** Whether an app's database would be left behind, and dropped with its data, by what its settings say now. */
import { placeOf } from "../../infra/database/choice";
import type { AppSettings } from "../settings";
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
