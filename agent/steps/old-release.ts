import type { Attempt } from "../attempt";
import { processOf, recordContainers } from "../containers";
import { reasonOf } from "../failure";
import { isLasting } from "../processes";
import { lackOf } from "./health";

/**
 * Asks the release that serves whether it is still healthy on what the release command has made of the database. If not, the way
 * forward is the shorter one: it is said, and the new release goes on.
 */
export async function askOldRelease(attempt: Attempt): Promise<string | undefined> {
  const { host, live } = attempt;
  if (!live) return undefined;
  const all = await recordContainers(host, live);
  const old = all.filter((container) => container.running && isLasting(processOf(container), live.content));
  const lacks = await Promise.all(old.map((container) => lackOf(host, live, container).catch(reasonOf)));
  attempt.oldIsUnfit = lacks.find((lack) => lack !== undefined);
  if (attempt.oldIsUnfit === undefined) return `release ${live.release} is healthy on the migrated database`;
  attempt.say(
    `! release ${live.release}, which serves, is not healthy on the migrated database: ${attempt.oldIsUnfit}. ` +
      "Keep a migration compatible with the code before it",
  );
  return undefined;
}
