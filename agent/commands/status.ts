import { Command } from "commander";
import type { Host } from "../host";
import { allProblems, status } from "../status";
import { statusText } from "../status-text";
import { appName } from "./arguments";
import { say, sayJson } from "./output";

/** `slipway status`. */
export function statusCommand(host: Host): Command {
  return new Command("status")
    .description("show what is live on this host, who released it, and what is not as it should be")
    .argument("[app]", "one app; all where left out", appName)
    .option("--json", "print it as JSON")
    .option("--check", "end with exit code 1 if anything is not as it should be")
    .addHelpText(
      "after",
      `
Lines that begin with ! are problems, each with what to do. It only looks: nothing is changed.

  slipway status
  slipway status shop
  slipway status --check >/dev/null || echo "look at the host"
  slipway status --json | jq -r '.apps[] | "\\(.app) \\(.release)"'`,
    )
    .action(async (app: string | undefined, { json, check }: { json?: boolean; check?: boolean }) => {
      const found = await status(host, app);
      if (json) sayJson(found);
      else for (const line of statusText(found, host.now())) say(line);
      if (check && allProblems(found).length > 0) process.exitCode = 1;
    });
}
