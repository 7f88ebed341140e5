import { Command } from "commander";
import { claim } from "../claim";
import { Failure } from "../failure";
import type { Host } from "../host";
import { underLease } from "../lease";
import { appName } from "./arguments";
import { complain, say } from "./output";

/** Seconds to wait for whoever else changes the app, as a release does. */
const WAIT = 900;

/** `slipway claim`. */
export function claimCommand(host: Host): Command {
  return new Command("claim")
    .description("mark an app as a stack's own; refused if it is another's")
    .argument("<app>", "name of the app", appName)
    .requiredOption("--stack <project/stack>", "the stack that asks")
    .action(async (app: string, { stack }: { stack: string }) => {
      const mark = process.env.SLIPWAY_MARK;
      if (mark !== undefined && !/^[0-9a-f]{12}$/.test(mark))
        throw new Failure("SLIPWAY_MARK is no mark: expected 12 hexadecimal digits, as a stack's program sends them");
      const owner = `slipway claim, pid ${process.pid}`;
      // An app whose removal was cut off is not to go after it has been claimed anew.
      await underLease(host, { app, wait: WAIT, owner, say: complain }, () => claim(host.files, app, stack, mark));
      say(`${app} belongs to stack ${stack}`);
    });
}
