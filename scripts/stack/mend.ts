import { findMade, isUnfinished, type List, pendingCreates } from "./pendingCreates";
import type { PulumiStack } from "./pulumiStack";

/**
 * Takes in what an interrupted run had ordered from the cloud, and forgets what it had not.
 * @param list answers a GET of a cloud's path with its JSON
 */
export async function mend(stack: PulumiStack, list: List): Promise<void> {
  const exported: unknown = JSON.parse(await stack.pulumi(["stack", "export", "--stack", stack.stack]));
  if (!isUnfinished(exported)) return;
  process.stderr.write("An earlier run was cut off; finding out how far it came\n");
  const made = await findMade(pendingCreates(exported), list);
  const imports = [...made].flatMap(([urn, id]) => ["--import-pending-creates", urn, "--import-pending-creates", id]);
  await stack.run([
    "refresh",
    "--yes",
    "--skip-preview",
    ...(imports.length > 0 ? imports : ["--clear-pending-creates"]),
  ]);
  if (imports.length > 0) await stack.run(["refresh", "--yes", "--skip-preview", "--clear-pending-creates"]);
}
