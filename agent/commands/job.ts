import { Command } from "commander";
import type { Host } from "../host";
import { runJob } from "../jobs";
import { takeUpFirst } from "../lease";
import { appName } from "./arguments";
import { say } from "./output";

/** `slipway job`. */
export function jobCommand(host: Host): Command {
  return new Command("job")
    .description("run a process with a schedule once, now; its timer does this at its times")
    .argument("<app>", "name of the app", appName)
    .argument("<process>", "name of the process")
    .action(async (app: string, name: string) => {
      // What a job writes while the database is replaced would be lost, or mixed with what is read back.
      if (await takeUpFirst(host, { app, owner: `slipway job, pid ${process.pid}`, say })) {
        say(`${name} of ${app} is left out this time: «slipway status ${app}» says what is under way`);
        return;
      }
      process.exitCode = await runJob(host, app, name, say);
    });
}
