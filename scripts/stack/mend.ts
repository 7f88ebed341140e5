import { findMade, isUnfinished, type List, marksOf, pendingCreates } from "./pendingCreates";
import type { PulumiStack } from "./pulumiStack";

/**
 * Takes in what an interrupted run had ordered from the cloud, and forgets what it had not.
 * @param list answers a GET of a cloud's path with its JSON
 * @returns the marks of what the stack had, or was about to have
 */
export async function mend(stack: PulumiStack, list: List): Promise<readonly string[]> {
  const exported: unknown = JSON.parse(
    await stack.pulumi(["stack", "export", "--show-secrets", "--stack", stack.stack]),
  );
  const marks = marksOf(exported);
  if (!isUnfinished(exported)) return marks;
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
  return marks;
}
