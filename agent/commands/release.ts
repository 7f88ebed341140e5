import { Command } from "commander";
import type { Host } from "../host";
import { seconds } from "./arguments";
import { carryOut } from "./carry-out";
import { manifestOf, standardInput } from "./input";

/** `slipway release`. */
export function releaseCommand(host: Host): Command {
  return new Command("release")
    .description("make the manifest on standard input (JSON) the live release of its app")
    .option(
      "--wait <seconds>",
      "how long to wait for another release of the same app (default: as the manifest says)",
      seconds,
    )
    .option("--json", "print the outcome as JSON; what happens goes to standard error")
    .addHelpText(
      "after",
      "\nA manifest equal to what is live changes nothing. Exit code: 0 if the release is live, 1 if not.",
    )
    .action(async (options: { wait?: number; json?: boolean }) => {
      await carryOut(
        host,
        manifestOf(await standardInput("a manifest (JSON), slipway release < manifest.json,")),
        options,
      );
    });
}
