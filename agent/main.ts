#!/usr/bin/env node
/** The engine's command line, as it stands on every host in /usr/local/bin/slipway. */
import { Command } from "commander";
import { logsCommand } from "./commands/logs";
import { maintenanceCommand } from "./commands/maintenance";
import { complain } from "./commands/output";
import { releaseCommand } from "./commands/release";
import { releasesCommand } from "./commands/releases";
import { removeCommand } from "./commands/remove";
import { statusCommand } from "./commands/status";
import { Failure } from "./failure";
import { linuxHost } from "./linux/host";

const program = new Command("slipway")
  .description("Releases apps on this host: one gated step from an image to its address, undone whole if it fails.")
  .version("0.1.0")
  .showHelpAfterError("(slipway --help lists the commands)")
  .addHelpText(
    "after",
    `
A release goes: fence, pull, static files, release command, start beside the old one, health, edge, stop the old one.
Until the edge is switched the old release serves untouched. Whatever interrupts a release, the next one mends it.

Where things are:
  /var/lib/slipway/apps/APP   releases, ledger and the pointer to the live release
  /etc/caddy/Caddyfile        the edge, written anew at each release
  /var/log/caddy/APP.log      its access log`,
  );

for (const command of [
  releaseCommand,
  releasesCommand,
  statusCommand,
  logsCommand,
  maintenanceCommand,
  removeCommand,
]) {
  program.addCommand(command(linuxHost).copyInheritedSettings(program));
}

// A watcher who goes away must not take a release along; the other commands have no one left to speak to.
const isRelease = process.argv[2] === "release";
if (isRelease) process.on("SIGHUP", () => {});
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", () => {
    if (!isRelease) process.exit(1);
  });
}

program
  .hook("preAction", () => {
    if (process.getuid?.() !== 0) throw new Failure("slipway needs root: run it with sudo");
  })
  .parseAsync()
  .catch((thrown: unknown) => {
    complain(
      thrown instanceof Failure ? `slipway: ${thrown.message}` : `slipway: a bug: ${(thrown as Error).stack ?? thrown}`,
    );
    process.exitCode = 1;
  });
