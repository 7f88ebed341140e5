import { ensureToolchain } from "../setup/toolchain";
import { seedGitHub } from "../stack/githubSeed";
import { describeChanges } from "../stack/pulumiStack";
import { reachableUrls } from "../stack/reachable";
import { startSandbox } from "../stack/sandbox";
import { currentSlot } from "../stack/slot";
import { extraBases, readStackFile } from "../stack/stackFile";
import { Workspace } from "../stack/workspace";

/** From whatever is there to a running stack. Prints the first app's URL alone on the last line of standard output. */
export async function up(stack: string): Promise<void> {
  const slot = currentSlot(process.env);
  const toolchain = await ensureToolchain();
  const workspace = new Workspace(stack, slot, toolchain);
  const { document } = readStackFile(stack);
  await startSandbox(extraBases(document));
  await seedGitHub(slot, (document.toJS() as { config?: Record<string, unknown> }).config ?? {});
  await workspace.open();
  await workspace.mend();
  await workspace.removeStrays();
  await workspace.run(["up", "--yes", "--skip-preview"]);
  await workspace.removeStrays();
  const outputs = await workspace.outputs();
  for (const line of recordsToSet(outputs)) process.stdout.write(`${line}\n`);
  process.stdout.write(`${describeChanges(await workspace.lastChanges())}\n`);
  const urls = await reachableUrls(slot, outputs);
  for (const { way } of urls) if (way !== undefined) process.stdout.write(`from here: ${way}\n`);
  for (const { url } of urls.slice(1)) process.stdout.write(`${url}\n`);
  process.stdout.write(`${urls[0]?.url}\n`);
}

/** What the owner of the host names is to do, if anything. */
function recordsToSet({ recordsToSet: lines }: Record<string, unknown>): readonly string[] {
  return Array.isArray(lines) && lines.length > 0 ? ["records to set where your domain is kept:", ...lines] : [];
}
