import { Command } from "commander";
import type { Container, Host } from "../host";
import { loggedContainers } from "../logs";
import { appName, count } from "./arguments";
import { say } from "./output";

/** `slipway logs`. */
export function logsCommand(host: Host): Command {
  return new Command("logs")
    .description("print what the live release wrote")
    .argument("<app>", "name of the app", appName)
    .argument("[process]", "one process, e.g. web; all where left out")
    .option("-f, --follow", "go on as it writes more", false)
    .option("-n, --lines <count>", "how many of the last lines of each container", count, 100)
    .action(async (app: string, only: string | undefined, { follow, lines }: { follow: boolean; lines: number }) => {
      const containers = await loggedContainers(host, app, only);
      const read = ({ id, name }: Container) =>
        host.docker.readLines(id, { lines, follow }, (line) => say(containers.length > 1 ? `${name} | ${line}` : line));
      // Side by side only when following: otherwise each container's lines stay together.
      if (follow) await Promise.all(containers.map(read));
      else for (const container of containers) await read(container);
    });
}
