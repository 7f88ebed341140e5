import { Command } from "commander";
import { CopyOrder, copyDatabase } from "../copy";
import { Failure } from "../failure";
import type { Host } from "../host";
import { appName } from "./arguments";
import { standardInput } from "./input";
import { say } from "./output";

/** Seconds to wait for whoever else changes the app, as a release does. */
const WAIT = 900;

/** `slipway copy-database`. */
export function copyCommand(host: Host): Command {
  return new Command("copy-database")
    .description(
      "fill the database of an app that was never released with another app's data; the order comes by standard input",
    )
    .argument("<app>", "name of the app", appName)
    .action(async (app: string) => {
      const order = orderOf(await standardInput("an order"));
      say(await copyDatabase(host, app, order, { wait: WAIT, pid: process.pid, say }));
    });
}

/** @throws Failure that never quotes the text, since it holds a password */
function orderOf(text: string): CopyOrder {
  try {
    return CopyOrder.parse(JSON.parse(text));
  } catch {
    throw new Failure(
      'the order on standard input is not what was expected: {"from": …, "stack": …, "url": …, "scrub": …}',
    );
  }
}
