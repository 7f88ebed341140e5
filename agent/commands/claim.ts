import { Command } from "commander";
import { claim } from "../claim";
import type { Host } from "../host";
import { appName } from "./arguments";
import { say } from "./output";

/** `slipway claim`. */
export function claimCommand(host: Host): Command {
  return new Command("claim")
    .description("mark an app as a stack's own; refused if it is another's")
    .argument("<app>", "name of the app", appName)
    .requiredOption("--stack <project/stack>", "the stack that asks")
    .action(async (app: string, { stack }: { stack: string }) => {
      await claim(host.files, app, stack);
      say(`${app} belongs to stack ${stack}`);
    });
}
