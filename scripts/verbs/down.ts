import { ensureToolchain } from "../setup/toolchain";
import { machineCount, purgeSandbox, startSandbox } from "../stack/sandbox";
import { currentSlot } from "../stack/slot";
import { Workspace } from "../stack/workspace";

/** Destroys a stack of the sandbox and forgets it; the sandbox goes with its last machine. */
export async function down(stack: string): Promise<void> {
  const slot = currentSlot(process.env);
  const workspace = new Workspace(stack, slot, await ensureToolchain());
  if (workspace.exists()) {
    await startSandbox();
    await workspace.open();
    await workspace.mend();
    await workspace.run(["destroy", "--yes", "--skip-preview"]);
    await workspace.removeStrays();
    await workspace.pulumi(["stack", "rm", "--yes", "--preserve-config", "--stack", stack]);
  }
  if ((await machineCount(slot)) > 0) {
    process.stdout.write("The sandbox goes on: it has other machines\n");
    return;
  }
  await purgeSandbox();
  process.stdout.write(
    `Stack ${stack} is destroyed and the sandbox is gone; downloads and base images stay in the cache\n`,
  );
}
