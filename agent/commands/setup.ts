import { Command } from "commander";
import type { Host } from "../host";
import { systemctl } from "../linux/systemctl";
import { unprivileged } from "../linux/unprivileged";
import { repair, repairText } from "../repair";
import { setup } from "../setup";
import { isBehind } from "../steps/edge";
import { say } from "./output";

/** `slipway setup`; the stack runs it after each upload of the engine. */
export function setupCommand(host: Host): Command {
  return new Command("setup")
    .description("install what the engine needs of this host: the command itself and its unit at boot")
    .action(async () => {
      // A host of before has no such user yet.
      await unprivileged();
      for (const line of await setup({ files: host.files, systemctl })) say(line);
      // An engine that knows better how apps are served must not wait for their next releases.
      if (await isBehind(host.files))
        for (const line of repairText(await repair(host, { wait: 60, pid: process.pid }))) say(line);
    });
}
