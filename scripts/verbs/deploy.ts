import { runUrl, writeOutput, writeSummary } from "../lib/github";
import { redact } from "../lib/redact";
import { deployFailure, deploySummary } from "../planning/summary";
import { Clouds } from "../stack/clouds";
import { mend } from "../stack/mend";
import { openStack } from "../stack/openStack";
import { Outputs } from "../stack/outputs";
import { describeChanges } from "../stack/pulumiStack";

/** Brings a stack up on the team's own state. Prints what changed and where the apps answer. @throws UserError if it fails */
export async function deploy(name: string, options: { sandbox?: boolean }): Promise<void> {
  const began = Date.now();
  try {
    const stack = await openStack(name, options);
    const clouds = await Clouds.of(stack);
    await mend(stack, (path) => clouds.get(path));
    // With its preview: policies that look at what is planned refuse it there, before anything is changed.
    await stack.run(["up", "--yes", ...stack.policyArguments()]);
    const outputs = Outputs.pick({ urls: true, releases: true }).parse(await stack.outputs());
    const changes = describeChanges(await stack.lastChanges());
    const urls = Object.values(outputs.urls).flat();
    process.stdout.write([changes, ...urls, ""].join("\n"));
    writeSummary(deploySummary(name, { changes, seconds: (Date.now() - began) / 1000, outputs }));
    writeOutput("url", urls[0] ?? "");
  } catch (error) {
    writeSummary(deployFailure(name, redact((error as Error).message, process.env), runUrl()));
    throw error;
  }
}
