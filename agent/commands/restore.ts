import { Command, InvalidArgumentError } from "commander";
import { Failure } from "../failure";
import type { Host } from "../host";
import { mismatch, planRestore, restore, restorePlanText } from "../restore";
import { readRestores, restoresText } from "../restores";
import { readSnapshots, snapshotsText } from "../snapshots";
import { actorOf } from "./actor";
import { appName, seconds } from "./arguments";
import { complain, say, sayJson } from "./output";

interface Options {
  readonly list?: boolean;
  readonly yes?: boolean;
  readonly wait: number;
  readonly json?: boolean;
}

/** `slipway restore`. */
export function restoreCommand(host: Host): Command {
  return new Command("restore")
    .description("put an app's database back to a snapshot; without --yes only say what that would do")
    .argument("<app>", "name of the app", appName)
    .argument(
      "[snapshot]",
      "what it is put back to, as --list shows it: a release's number, or before-restore-N",
      snapshotId,
    )
    .option("--list", "list the snapshots there are, and the restores that were made")
    .option("--yes", "do it")
    .option("--wait <seconds>", "how long to wait for a release of the app that is under way", seconds, 900)
    .option("--json", "print the list, the plan or the outcome as JSON; what happens goes to standard error")
    .addHelpText(
      "after",
      `
Snapshot N is the database as it was right before release N ran its release command. While it is put back the app stands
still and visitors see the maintenance page. The database as it is now is saved first, so a restore can be undone by
another one. It replaces all that the app's role owns, in one transaction: it is whole or not at all. Grants to other
roles are not in it.

  slipway restore notes --list     what there is
  slipway restore notes 7          what would happen
  slipway restore notes 7 --yes    do it`,
    )
    .action(async (app: string, id: string | undefined, options: Options) => {
      if (options.list) return list(host, app, options);
      if (id === undefined) throw new Failure(`which snapshot? «slipway restore ${app} --list» shows those there are`);
      await (options.yes ? carryOut(host, app, id, options) : tell(host, app, id, options));
    });
}

async function list(host: Host, app: string, { json }: Options): Promise<void> {
  const [snapshots, restores] = await Promise.all([readSnapshots(host.files, app), readRestores(host.files, app)]);
  if (json) return sayJson({ snapshots, restores });
  for (const line of snapshots.length > 0 ? snapshotsText(snapshots) : [`${app} has no snapshot on this host`])
    say(line);
  if (restores.length > 0) for (const line of ["", ...restoresText(restores)]) say(line);
}

async function tell(host: Host, app: string, id: string, { json }: Options): Promise<void> {
  const plan = await planRestore(host, app, id);
  const line = `sudo slipway restore ${app} ${id} --yes`;
  const { snapshot, before, record } = plan;
  if (json) return sayJson({ app, snapshot, before, live: record.release, warning: mismatch(plan), next: line });
  for (const text of [...restorePlanText(plan), `nothing is done yet; to do it: ${line}`]) say(text);
}

async function carryOut(host: Host, app: string, id: string, { wait, json }: Options): Promise<void> {
  // Half way there is nothing to stay at: it ends by itself, and within a transaction.
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    process.on(signal, () => complain(`… asked to end (${signal}): a restore goes on to its end`));
  const actor = actorOf(process.env);
  const done = await restore(host, app, id, { wait, pid: process.pid, actor, say: json ? complain : say });
  if (json) return sayJson(done);
  say(`the database of ${app} is that of snapshot ${id}, under release ${done.live}, after ${done.seconds} s`);
  if (done.warning) say(`! ${done.warning}`);
  say(`back to the state before: sudo slipway restore ${app} ${done.before} --yes`);
}

function snapshotId(text: string): string {
  if (!/^(\d+|before-restore-\d+)$/.test(text))
    throw new InvalidArgumentError("expected a number or before-restore-N, as «slipway restore APP --list» shows them");
  return text;
}
