import { Command } from "commander";
import type { Host } from "../host";
import { remove } from "../remove";
import { appName, seconds } from "./arguments";
import { say } from "./output";

/** `slipway remove`. */
export function removeCommand(host: Host): Command {
  return new Command("remove")
    .description("take an app off this host: routes, containers, network, images and files")
    .argument("<app>", "name of the app", appName)
    .option("--volumes", "remove its volumes and its access log too, i.e. its data, for good", false)
    .option("--stack <project/stack>", "the stack that asks; another stack's app is left alone")
    .option("--wait <seconds>", "how long to wait for a release of the app that is under way", seconds, 900)
    .addHelpText(
      "after",
      "\nCan be repeated. Images that another app needs stay, and so does its database on the host.",
    )
    .action((app: string, options: { volumes: boolean; stack?: string; wait: number }) =>
      remove(host, app, { ...options, pid: process.pid, say }),
    );
}
