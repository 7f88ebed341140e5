import { Command } from "commander";
import type { Host } from "../host";
import { repair, repairText, untilReady } from "../repair";
import { appName, seconds } from "./arguments";
import { say, sayJson } from "./output";

/** `slipway repair`. */
export function repairCommand(host: Host): Command {
  return new Command("repair")
    .description("mend what an interrupted release left behind; runs by itself at each boot")
    .argument("[app]", "one app; all where left out", appName)
    .option(
      "--wait <seconds>",
      "how long to wait for a release under way, which mends by itself what it finds",
      seconds,
      5,
    )
    .option("--patience <seconds>", "how long to wait for Docker and the edge to be up", seconds, 0)
    .option("--json", "print what was mended as JSON")
    .addHelpText(
      "after",
      "\nNothing that serves is touched. Exit code: 0 if all is whole, 1 if something can't be mended.",
    )
    .action(
      async (app: string | undefined, { wait, patience, json }: { wait: number; patience: number; json?: boolean }) => {
        await untilReady(host, patience);
        const repairs = await repair(host, { app, wait, pid: process.pid });
        if (json) sayJson(repairs);
        else for (const line of repairText(repairs)) say(line);
        process.exitCode = repairs.some(({ failed }) => failed !== undefined) ? 1 : 0;
      },
    );
}
