import { Command } from "commander";
import { Failure } from "../failure";
import type { Host } from "../host";
import { readLedger } from "../ledger";
import { readLive } from "../record";
import { releasesText } from "../releases";
import { appName } from "./arguments";
import { say, sayJson } from "./output";

/** `slipway releases`. */
export function releasesCommand(host: Host): Command {
  return new Command("releases")
    .description("list every release of an app that was ever tried here, newest first; * marks the live one")
    .argument("<app>", "name of the app", appName)
    .option("--json", "print the ledger's rows as JSON")
    .action(async (app: string, { json }: { json?: boolean }) => {
      const rows = await readLedger(host.files, app);
      if (rows.length === 0)
        throw new Failure(`no release of ${app} was ever tried on this host; «slipway status» lists the apps`);
      const live = await readLive(host.files, app);
      if (json) sayJson(rows.map((row) => ({ ...row, live: row.release === live?.release })));
      else for (const line of releasesText(rows, live?.release)) say(line);
    });
}
