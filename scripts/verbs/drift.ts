import { UserError } from "../lib/userError";
import { onMachine } from "../ssh/machine";
import { capture } from "../ssh/remote";
import { driftOf, driftText, type HostSide } from "../stack/drift";
import { hostSideOf, stackSideOf, withoutOthers } from "../stack/hostSide";
import { type Outputs, stackOutputs } from "../stack/outputs";

/** Exit code where something differs; 1 stands for "could not tell". */
const DIFFERS = 2;

/** Compares a stack's outputs with what its machine says of itself. @returns 0 if nothing differs, else 2 */
export async function drift(stack: string, { json }: { json?: boolean }): Promise<number> {
  const outputs = await stackOutputs(stack);
  const apps = stackSideOf(outputs);
  const differences = driftOf(apps, withoutOthers(await hostSide(stack, outputs), apps));
  const text = json ? JSON.stringify(differences, null, 2) : driftText(stack, differences).join("\n");
  process.stdout.write(`${text}\n`);
  return differences.length === 0 ? 0 : DIFFERS;
}

async function hostSide(stack: string, outputs: Outputs): Promise<HostSide> {
  const { code, stdout, stderr } = await onMachine(stack, outputs, (client) =>
    capture(client, ["sudo", "slipway", "status", "--json"]),
  );
  if (code !== 0) throw new UserError(`the host could not say how it is: ${stderr.trim().split("\n").at(-1) ?? ""}`);
  return hostSideOf(stdout);
}
