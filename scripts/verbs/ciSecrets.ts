import { UserError } from "../lib/userError";
import { openStack } from "../stack/openStack";
import type { PulumiStack } from "../stack/pulumiStack";
import {
  configuredSecrets,
  fingerprintsOf,
  readStacks,
  seenStack,
  sharedStateTexts,
  sharedText,
  sharedWith,
} from "../stack/sharedSecrets";
import { projectName, readStackFile } from "../stack/stackFile";
import { planCi } from "./ciPlan";

/**
 * Takes over from the environment what CI needs to run Pulumi on a stack, into its settings. Prints names, never values.
 * @throws UserError, before anything is set, if a stack without reviewers would share a secret with one that has them
 */
export async function ciSecrets(name: string): Promise<void> {
  const { document } = readStackFile(name);
  if (!document.hasIn(["config", "slipway:github", "repository"])) {
    throw new UserError(
      `slipway:github: stack ${name} names no repository; write under config: of its file, slipway:github: { repository: OWNER/NAME } (docs/github.md)`,
    );
  }
  const { secrets, variables, warnings } = planCi(process.env);
  const stack = await openStack(name);
  const values = { ...secrets, ...(await configured(stack)) };
  const project = projectName();
  const others = readStacks().filter((one) => one.name !== name);
  const shared = sharedWith(project, seenStack(name, document.toString()), others, values);
  if (shared.length > 0)
    throw new UserError([`nothing was set for stack ${name}:`, ...shared.map(sharedText)].join("\n  "));
  for (const [key, value] of Object.entries(secrets)) {
    await stack.setSecret(`slipway:github.${key}`, value);
    await stack.pulumi(stack.withStack(["config", "set", "--path", `slipway:github.secrets.${key}`, "config"]));
    process.stdout.write(`secret ${key}\n`);
  }
  for (const [key, value] of Object.entries(variables)) {
    await stack.pulumi(stack.withStack(["config", "set", "--path", `slipway:github.variables.${key}`, value]));
    process.stdout.write(`variable ${key}\n`);
  }
  for (const [key, value] of Object.entries(fingerprintsOf(project, values)))
    await stack.pulumi(
      stack.withStack(["config", "set", "--plaintext", "--path", `slipway:github.fingerprints.${key}`, value]),
    );
  for (const warning of [...warnings, ...sharedStateTexts(readStacks())]) process.stderr.write(`${warning}\n`);
  process.stdout.write(`The next pulumi up --stack ${name} brings them to GitHub\n`);
}

/** The tokens that the stack's configuration holds. */
async function configured(stack: PulumiStack): Promise<Record<string, string>> {
  const text = await stack.pulumi(stack.withStack(["config", "--show-secrets", "--json"]));
  const given = JSON.parse(text) as Readonly<Record<string, { readonly value?: string }>>;
  return configuredSecrets(Object.fromEntries(Object.entries(given).map(([key, { value }]) => [key, value])));
}
