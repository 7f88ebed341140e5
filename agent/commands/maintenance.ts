import { Command, InvalidArgumentError } from "commander";
import type { Host } from "../host";
import { takeUpFirst } from "../lease";
import { MAINTENANCE_MESSAGE, setMaintenance } from "../maintenance";
import { appName } from "./arguments";
import { complain, say, sayJson } from "./output";

/** `slipway maintenance`. */
export function maintenanceCommand(host: Host): Command {
  return new Command("maintenance")
    .description("answer every visitor of an app with a maintenance page (on), or let them in again (off)")
    .argument("<app>", "name of the app", appName)
    .argument("<on|off>", "closed or open", onOrOff)
    .option("--message <text>", "what visitors read, in plain text", MAINTENANCE_MESSAGE)
    .option("--json", "print the outcome as JSON")
    .addHelpText(
      "after",
      `
Visitors get status 503 and are told to ask again in two minutes; static files are off as well. Requests under way are
finished. The app itself goes on running, and the page stays through releases and restarts until it is switched off.`,
    )
    .action(async (app: string, on: boolean, { message, json }: { message: string; json?: boolean }) => {
      const owner = `slipway maintenance, pid ${process.pid}`;
      // A page that a killed restore has put up is that one's until it is taken up; from then on it is this one's.
      await takeUpFirst(host, { app, owner, say: complain });
      await setMaintenance(host, app, on, message);
      if (json) sayJson({ app, maintenance: on });
      else say(on ? `${app} is closed for maintenance` : `${app} is open`);
    });
}

function onOrOff(text: string): boolean {
  if (text !== "on" && text !== "off") throw new InvalidArgumentError("expected on or off");
  return text === "on";
}
