import { Command } from "commander";
import type { Host } from "../host";
import { runJob } from "../jobs";
import { appName } from "./arguments";
import { say } from "./output";

/** `slipway job`. */
export function jobCommand(host: Host): Command {
  return new Command("job")
    .description("run a process with a schedule once, now; its timer does this at its times")
    .argument("<app>", "name of the app", appName)
    .argument("<process>", "name of the process")
    .action(async (app: string, name: string) => {
      process.exitCode = await runJob(host, app, name, say);
    });
}
