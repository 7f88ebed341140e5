import { UserError } from "../lib/userError";
import { openStack } from "../stack/openStack";
import { readStackFile } from "../stack/stackFile";
import { planCi } from "./ciPlan";

/** Takes over from the environment what CI needs to run Pulumi on a stack, into its settings. Prints names, never values. */
export async function ciSecrets(name: string): Promise<void> {
  const { document } = readStackFile(name);
  if (!document.hasIn(["config", "slipway:github", "repository"])) {
    throw new UserError(
      `slipway:github: stack ${name} names no repository; write under config: of its file, slipway:github: { repository: OWNER/NAME } (docs/github.md)`,
    );
  }
  const { secrets, variables, warnings } = planCi(process.env);
  const stack = await openStack(name);
  for (const [key, value] of Object.entries(secrets)) {
    await stack.setSecret(`slipway:github.${key}`, value);
    await stack.pulumi(stack.withStack(["config", "set", "--path", `slipway:github.secrets.${key}`, "config"]));
    process.stdout.write(`secret ${key}\n`);
  }
  for (const [key, value] of Object.entries(variables)) {
    await stack.pulumi(stack.withStack(["config", "set", "--path", `slipway:github.variables.${key}`, value]));
    process.stdout.write(`variable ${key}\n`);
  }
  for (const warning of warnings) process.stderr.write(`${warning}\n`);
  process.stdout.write(`The next pulumi up --stack ${name} brings them to GitHub\n`);
}
