import { Command } from "commander";
import type { Host } from "../host";
import { takeUpFirst } from "../lease";
import { runCommand } from "../run";
import { appName } from "./arguments";
import { complain } from "./output";

/** `slipway run`. */
export function runOneOffCommand(host: Host): Command {
  return new Command("run")
    .description("run a command once in the image and with the environment of the live release")
    .usage("<app> [--process <name>] -- <command...>")
    .argument("<app>", "name of the app", appName)
    .argument("<command...>", "the command and its arguments, after --")
    .option(
      "--process <name>",
      "whose image, user and volumes; by default the release command's, else the first route's",
    )
    .addHelpText(
      "after",
      `
  slipway run shop -- python manage.py createsuperuser       from a laptop: ssh -t deploy@HOST sudo slipway run …
  slipway run shop -- python manage.py dbshell < fix.sql

It runs in a container of its own, which no visitor reaches and no release ends, and which is gone when the command is.
Standard input and output are its own; on a terminal it gets that. The exit code is the command's. When whoever runs it
goes away, e.g. because the connection is lost, the command is ended.`,
    )
    .action(async (app: string, command: string[], { process: name }: { process?: string }) => {
      const terminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
      await takeUpFirst(host, { app, owner: `slipway run, pid ${process.pid}`, say: complain });
      process.exitCode = await runCommand(host, app, {
        command,
        terminal,
        ...(name !== undefined && { process: name }),
      });
    });
}
