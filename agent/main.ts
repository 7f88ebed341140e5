#!/usr/bin/env node
/** The engine's command line, as it stands on every host; see `front.ts` for how it is called. */
import { Command } from "commander";
import { bugText } from "./bug";
import { aloneCommand } from "./commands/alone";
import { claimCommand } from "./commands/claim";
import { copyCommand } from "./commands/copy";
import { followCommand } from "./commands/follow";
import { gateCommand } from "./commands/gate";
import { jobCommand } from "./commands/job";
import { logsCommand } from "./commands/logs";
import { maintenanceCommand } from "./commands/maintenance";
import { notifyCommand } from "./commands/notify";
import { complain } from "./commands/output";
import { readBackCommand } from "./commands/read-back";
import { releaseCommand } from "./commands/release";
import { releasesCommand } from "./commands/releases";
import { removeCommand } from "./commands/remove";
import { repairCommand } from "./commands/repair";
import { restoreCommand } from "./commands/restore";
import { rollbackCommand } from "./commands/rollback";
import { runOneOffCommand } from "./commands/run";
import { setupCommand } from "./commands/setup";
import { statusCommand } from "./commands/status";
import { tenantsCommand } from "./commands/tenants";
import { Failure } from "./failure";
import { OUTLIVING } from "./front";
import { linuxHost } from "./linux/host";
import { AFTERWARDS, UNTIL_IT_STAYS } from "./release";
import { wrapped } from "./words";

const STEPS = [...UNTIL_IT_STAYS, ...AFTERWARDS].map(({ name }) => name).join(", ");

const program = new Command("slipway")
  .description("Releases apps on this host: one gated step from an image to its address, undone whole if it fails.")
  .version("0.1.0")
  .showHelpAfterError("(slipway --help lists the commands)")
  .addHelpText(
    "after",
    `
A release goes through these steps, as far as it needs them:
${wrapped(STEPS, 78)
  .map((line) => `  ${line}`)
  .join("\n")}
Until «edge» the old release serves untouched, until the end of «watch» it is led back in if the new one fails.
A release goes on when whoever asked for it is gone; what a power cut interrupts is mended at the next boot.

Where things are:
  /var/lib/slipway/apps/APP   releases, ledger and the pointer to the live release
  /etc/caddy/Caddyfile        the edge, written anew at each release
  /var/log/caddy/APP.log      its access log`,
  );

for (const command of [
  releaseCommand,
  releasesCommand,
  rollbackCommand,
  restoreCommand,
  followCommand,
  statusCommand,
  logsCommand,
  runOneOffCommand,
  maintenanceCommand,
  notifyCommand,
  removeCommand,
  repairCommand,
]) {
  program.addCommand(command(linuxHost).copyInheritedSettings(program));
}
// For authorized_keys, timers and the stack, not for people.
for (const command of [
  gateCommand(),
  jobCommand(linuxHost),
  claimCommand(linuxHost),
  copyCommand(linuxHost),
  aloneCommand(linuxHost),
  readBackCommand(linuxHost),
  tenantsCommand(linuxHost),
  setupCommand(linuxHost),
])
  program.addCommand(command.copyInheritedSettings(program), { hidden: true });

// A watcher who goes away must not take a release along; the other commands have no one left to speak to.
const outlives = OUTLIVING.includes(process.argv[2] ?? "");
if (outlives) process.on("SIGHUP", () => {});
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", () => {
    if (!outlives) process.exit(1);
  });
}

program
  .hook("preAction", (_, command) => {
    // The gate is where an ordinary user comes in; what it lets through it runs by sudo.
    if (process.getuid?.() !== 0 && command.name() !== "gate")
      throw new Failure("slipway needs root: run it with sudo");
  })
  .parseAsync()
  .catch((thrown: unknown) => {
    complain(`slipway: ${thrown instanceof Failure ? thrown.message : bugText(thrown)}`);
    process.exitCode = 1;
  });
