import { Command } from "commander";
import type { Host } from "../host";
import { status, statusText } from "../status";
import { say, sayJson } from "./output";

/** `slipway status`. */
export function statusCommand(host: Host): Command {
  return new Command("status")
    .description("show what runs on this host and what is not as it should be")
    .option("--json", "print it as JSON")
    .action(async ({ json }: { json?: boolean }) => {
      const found = await status(host);
      if (json) sayJson(found);
      else for (const line of statusText(found)) say(line);
    });
}
