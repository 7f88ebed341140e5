import { Command } from "commander";
import type { Host } from "../host";
import { findRelease, listReleases } from "../releases";
import { releasesText, releaseText } from "../releases-text";
import { appName, count } from "./arguments";
import { say, sayJson } from "./output";

/** Rows of the table where nobody says how many. */
const ROWS = 20;
/** Width of the table where there is no terminal, in characters. */
const WIDTH = 120;

interface Options {
  readonly lines?: number;
  readonly json?: boolean;
}

/** `slipway releases`. */
export function releasesCommand(host: Host): Command {
  return new Command("releases")
    .description("list the releases of an app that were tried here, newest first; or show one with all it printed")
    .argument("<app>", "name of the app", appName)
    .argument("[release]", "number of one release", count)
    .option("-n, --lines <count>", `how many releases (default: ${ROWS}; all with --json)`, count)
    .option("--json", "print the ledger's rows as JSON, oldest first")
    .addHelpText(
      "after",
      `
* marks the live release. «replaced» ones can be gone back to, unless their images have been pruned.

  slipway releases shop
  slipway releases shop 7
  slipway releases shop --json | jq -r '.[] | select(.result != "live") | .reason'`,
    )
    .action(async (app: string, release: number | undefined, { lines, json }: Options) => {
      if (release !== undefined) {
        const found = await findRelease(host, app, release);
        if (json) sayJson(found);
        else for (const line of releaseText(app, found, host.now())) say(line);
        return;
      }
      const all = await listReleases(host, app);
      if (json) return sayJson(lines === undefined ? all : all.slice(Math.max(0, all.length - lines)));
      const width = process.stdout.columns ?? WIDTH;
      for (const line of releasesText(all, { app, rows: lines ?? ROWS, width })) say(line);
    });
}
