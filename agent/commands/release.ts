import { Command } from "commander";
import type { Host } from "../host";
import { release } from "../release";
import { seconds } from "./arguments";
import { manifestOf, standardInput } from "./input";
import { complain, say } from "./output";

/** `slipway release`. */
export function releaseCommand(host: Host): Command {
  return new Command("release")
    .description("make the manifest on standard input (JSON) the live release of its app")
    .option("--wait <seconds>", "how long to wait for another release of the same app", seconds, 900)
    .addHelpText(
      "after",
      "\nA manifest equal to what is live changes nothing. Exit code: 0 if the release is live, 1 if not.",
    )
    .action(async ({ wait }: { wait: number }) => {
      const manifest = manifestOf(await standardInput("a manifest (JSON), slipway release < manifest.json,"));
      process.exitCode = await release(host, manifest, { wait, pid: process.pid, say, complain });
    });
}
