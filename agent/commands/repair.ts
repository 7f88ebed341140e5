import { Command } from "commander";
import type { Host } from "../host";
import { systemctl } from "../linux/systemctl";
import { repair, repairText } from "../repair";
import { cannotWork, revivalText, revive } from "../revive";
import { isSetupCutOff, setup } from "../setup";
import { appName, seconds } from "./arguments";
import { complain, say, sayJson } from "./output";

/** `slipway repair`. */
export function repairCommand(host: Host): Command {
  return new Command("repair")
    .description(
      "start services of this host that don't answer, and mend what an interrupted release left behind; runs at each boot",
    )
    .argument("[app]", "one app; all where left out", appName)
    .option(
      "--wait <seconds>",
      "how long to wait for a release under way, which mends by itself what it finds",
      seconds,
      5,
    )
    .option("--patience <seconds>", "how long services may take to be up before they are started", seconds, 0)
    .option("--json", "print what was mended as JSON")
    .addHelpText(
      "after",
      "\nNothing that serves is touched. Exit code: 0 if all is whole, 1 if something can't be mended.",
    )
    .action(
      async (app: string | undefined, { wait, patience, json }: { wait: number; patience: number; json?: boolean }) => {
        // At a boot they may not be up yet; whatever else is mended is mended by them.
        const revival = await revive(host, patience);
        if (app === undefined && (await isSetupCutOff(host.files))) {
          const lines = await setup({ files: host.files, systemctl });
          const print = json ? complain : say;
          print(
            `the setup of slipway on this host was cut off, and is finished${lines.map((line) => `; ${line}`).join("")}`,
          );
        }
        const repairs = cannotWork(revival) ? [] : await repair(host, { app, wait, pid: process.pid });
        if (json) {
          for (const line of revivalText(revival)) complain(line);
          sayJson(repairs);
        } else for (const line of repairText(repairs, revival)) say(line);
        const failed = revival.failed.length > 0 || repairs.some((one) => one.failed !== undefined);
        process.exitCode = failed ? 1 : 0;
      },
    );
}
