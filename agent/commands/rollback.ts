import { Command } from "commander";
import type { Host } from "../host";
import { planRollback, rollback, rollbackText } from "../rollback";
import { actorOf } from "./actor";
import { appName, releaseNumber, seconds } from "./arguments";
import { interruption } from "./interruption";
import { complain, say, sayJson } from "./output";

interface Options {
  readonly currentEnv: boolean;
  readonly wait: number;
  readonly json?: boolean;
}

/** `slipway rollback`. */
export function rollbackCommand(host: Host): Command {
  return new Command("rollback")
    .description("make what an earlier release was live again: same gates, a new number")
    .argument("<app>", "name of the app", appName)
    .argument(
      "[release]",
      "number to go back to, as «slipway releases» lists it; the one before the live one where left out",
      releaseNumber,
    )
    .option(
      "--current-env",
      "keep the live release's variables and secrets instead of those the earlier one had",
      false,
    )
    .option("--wait <seconds>", "how long to wait for a release of the app that is under way", seconds, 900)
    .option("--json", "print the outcome as JSON; what happens goes to standard error")
    .addHelpText(
      "after",
      `
The release command is not run, and the database is left as it is; what is said before it begins tells whether releases
since then changed it, and the line that brings it back. «pulumi up» doesn't undo a rollback as long as the program asks
for the same images as before.

  slipway rollback notes        the release before the live one
  slipway rollback notes 4      what release 4 was`,
    )
    .action(async (app: string, to: number | undefined, { currentEnv, wait, json }: Options) => {
      const print = json ? complain : say;
      const actor = actorOf(process.env);
      const owner = `${actor}, slipway rollback ${app}, pid ${process.pid}`;
      const plan = await planRollback(host, {
        app,
        to,
        currentEnvironment: currentEnv,
        actor,
        wait,
        owner,
        say: print,
      });
      if (!plan) {
        if (json) sayJson({ app, release: to, result: "unchanged" });
        else say(`nothing to do: release ${to} of ${app} is live`);
        return;
      }
      for (const line of rollbackText(plan)) print(line);
      const options = { wait, pid: process.pid, say: print, complain, interrupted: interruption() };
      const outcome = await rollback(host, plan, options);
      const { from, variables, migrated, snapshot } = plan;
      if (json) sayJson({ ...outcome, rollback: { from, to: plan.to, variables, migrated, snapshot } });
      process.exitCode = outcome.result === "failed" ? 1 : 0;
    });
}
