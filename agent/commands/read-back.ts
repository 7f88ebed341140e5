import { Command } from "commander";
import type { Host } from "../host";
import { readBackSnapshots } from "../read-back";
import { appName } from "./arguments";
import { say } from "./output";

/** `slipway read-back`; each new snapshot has it run, at its leisure. */
export function readBackCommand(host: Host): Command {
  return new Command("read-back")
    .description("try whether an app's snapshots can be read back, on a server of Postgres's own that is thrown away")
    .argument("<app>", "name of the app", appName)
    .action(async (app: string) => {
      for (const line of await readBackSnapshots(host, app)) say(line);
    });
}
