import { Command } from "commander";
import { CopyOrder, copyDatabase } from "../copy";
import { Failure } from "../failure";
import type { Host } from "../host";
import { appName } from "./arguments";
import { standardInput } from "./input";
import { say } from "./output";

/** `slipway copy-database`. */
export function copyCommand(host: Host): Command {
  return new Command("copy-database")
    .description(
      "fill the database of an app that was never released with another app's data; the order comes by standard input",
    )
    .argument("<app>", "name of the app", appName)
    .action(async (app: string) => say(await copyDatabase(host, app, orderOf(await standardInput("an order")))));
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
