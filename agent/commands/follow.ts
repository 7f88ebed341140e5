import { Command } from "commander";
import { follow } from "../follow";
import type { Host } from "../host";
import { takeUpFirst } from "../lease";
import { appName } from "./arguments";
import { interruption } from "./interruption";
import { complain, say } from "./output";

/** `slipway follow`. */
export function followCommand(host: Host): Command {
  return new Command("follow")
    .description("ask the registry what the tags of an app's images stand for, and release what is new")
    .argument("<app>", "name of the app", appName)
    .option("--again", "try images once more that have failed", false)
    .option("--resume", "follow tags again although a rollback holds them", false)
    .addHelpText(
      "after",
      `
A timer runs this for apps with delivery. It prints nothing where there is nothing to do. Images that failed are left alone
until their tag moves. Exit code: 1 if the registry doesn't answer or the release failed; the timer goes on either way.`,
    )
    .action(async (app: string, { again, resume }: { again: boolean; resume: boolean }) => {
      await takeUpFirst(host, { app, owner: `slipway follow, pid ${process.pid}`, say });
      const options = { again, resume, pid: process.pid, say, complain, interrupted: interruption() };
      const outcome = await follow(host, app, options);
      if (outcome?.result === "failed") process.exitCode = 1;
    });
}
