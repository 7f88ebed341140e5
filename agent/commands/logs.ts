import { Command, InvalidArgumentError } from "commander";
import type { Host } from "../host";
import { followLogs, type LogLine, loggedContainers, readLogs } from "../logs";
import { appName, count } from "./arguments";
import { say } from "./output";

/** Lines of each container where nobody says how many or since when. */
const LINES = 100;

interface Options {
  readonly follow?: boolean;
  readonly lines?: number;
  readonly since?: number;
  readonly release?: number;
  readonly json?: boolean;
}

/** `slipway logs`. */
export function logsCommand(host: Host): Command {
  return new Command("logs")
    .description("print what an app wrote to its log")
    .argument("<app>", "name of the app", appName)
    .argument("[process]", "one process, e.g. web; all where left out")
    .option("-f, --follow", "go on as it writes more, over releases and restarts, until Ctrl-C")
    .option(
      "-n, --lines <count>",
      `how many of the last lines of each container (default: ${LINES}, or all with --since)`,
      count,
    )
    .option("--since <time>", "only what is younger, e.g. 90s, 10m, 2h, 1d or 2026-01-31T12:00:00Z", (text) =>
      momentOf(text, host.now()),
    )
    .option("--release <number>", "a release other than the live one, while its containers are there", count)
    .option("--json", "print each line as JSON: at, container, process, line")
    .addHelpText(
      "after",
      `
  slipway logs shop
  slipway logs shop worker -f
  slipway logs shop web --since 10m | grep ERROR
  slipway logs shop --json -f | jq -r 'select(.process == "web") | .line'

The edge's log of requests is /var/log/caddy/APP.log.`,
    )
    .action(async (app: string, process: string | undefined, options: Options) => {
      const { follow, since, release, json } = options;
      const lines = options.lines ?? (since === undefined ? LINES : undefined);
      const order = {
        app,
        ...(process !== undefined && { process }),
        ...(lines !== undefined && { lines }),
        ...(since !== undefined && { since }),
        ...(release !== undefined && { release }),
      };
      const alone = !follow && (await loggedContainers(host, order)).length === 1;
      await (follow ? followLogs : readLogs)(host, order, (one) =>
        say(json ? JSON.stringify(one) : textOf(one, alone)),
      );
    });
}

/** A moment in milliseconds since 1970: so long before `now`, or a date. */
export function momentOf(text: string, now: number): number {
  const [, digits, unit = ""] = /^(\d+)([smhd])$/.exec(text) ?? [];
  const lengths: Record<string, number> = { s: 1, m: 60, h: 3_600, d: 86_400 };
  const moment = digits === undefined ? Date.parse(text) : now - Number(digits) * (lengths[unit] ?? 1) * 1000;
  if (Number.isNaN(moment)) throw new InvalidArgumentError("expected e.g. 90s, 10m, 2h, 1d or 2026-01-31T12:00:00Z");
  return moment;
}

/** Whose line it is stands before it, unless all are of one container. */
function textOf({ container, line }: LogLine, alone: boolean): string {
  return alone ? line : `${container} | ${line}`;
}
