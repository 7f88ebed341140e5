#!/usr/bin/env node
/** The engine's command line, as it stands on every host in /usr/local/bin/slipway. */
import { Command, InvalidArgumentError } from "commander";
import { prettifyError } from "zod";
import { Failure } from "./failure";
import type { Container } from "./host";
import { readLedger } from "./ledger";
import { linuxHost } from "./linux/host";
import { loggedContainers } from "./logs";
import { Manifest, Name } from "./manifest";
import { readLive } from "./record";
import { release } from "./release";
import { releasesText } from "./releases";
import { remove } from "./remove";
import { status, statusText } from "./status";

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

program
  .command("release")
  .description("make the manifest on standard input (JSON) the live release of its app")
  .option("--wait <seconds>", "how long to wait for another release of the same app", seconds, 900)
  .addHelpText(
    "after",
    "\nA manifest equal to what is live changes nothing. Exit code: 0 if the release is live, 1 if not.",
  )
  .action(async ({ wait }: { wait: number }) => {
    const manifest = manifestOf(await standardInput());
    process.exitCode = await release(linuxHost, manifest, { wait, pid: process.pid, say, complain });
  });

program
  .command("remove")
  .description("take an app off this host: routes, containers, network and files")
  .argument("<app>", "name of the app", appName)
  .option("--volumes", "remove its volumes too, i.e. its data, for good", false)
  .option("--wait <seconds>", "how long to wait for a release of the app that is under way", seconds, 900)
  .addHelpText("after", "\nCan be repeated. The app's images and its database on the host are left alone.")
  .action((app: string, { volumes, wait }: { volumes: boolean; wait: number }) =>
    remove(linuxHost, app, { volumes, wait, pid: process.pid, say }),
  );

program
  .command("releases")
  .description("list every release of an app that was ever tried here, newest first; * marks the live one")
  .argument("<app>", "name of the app", appName)
  .option("--json", "print the ledger's rows as JSON")
  .action(async (app: string, { json }: { json?: boolean }) => {
    const rows = await readLedger(linuxHost.files, app);
    if (rows.length === 0)
      throw new Failure(`no release of ${app} was ever tried on this host; «slipway status» lists the apps`);
    const live = await readLive(linuxHost.files, app);
    if (json)
      say(
        JSON.stringify(
          rows.map((row) => ({ ...row, live: row.release === live?.release })),
          null,
          2,
        ),
      );
    else for (const line of releasesText(rows, live?.release)) say(line);
  });

program
  .command("status")
  .description("show what runs on this host and what is not as it should be")
  .option("--json", "print it as JSON")
  .action(async ({ json }: { json?: boolean }) => {
    const found = await status(linuxHost);
    if (json) say(JSON.stringify(found, null, 2));
    else for (const line of statusText(found)) say(line);
  });

program
  .command("logs")
  .description("print what the live release wrote")
  .argument("<app>", "name of the app", appName)
  .argument("[process]", "one process, e.g. web; all where left out")
  .option("-f, --follow", "go on as it writes more", false)
  .option("-n, --lines <count>", "how many of the last lines of each container", count, 100)
  .action(async (app: string, only: string | undefined, { follow, lines }: { follow: boolean; lines: number }) => {
    const containers = await loggedContainers(linuxHost, app, only);
    const read = ({ id, name }: Container) =>
      linuxHost.docker.readLines(id, { lines, follow }, (line) =>
        say(containers.length > 1 ? `${name} | ${line}` : line),
      );
    // Side by side only when following: otherwise each container's lines stay together.
    if (follow) await Promise.all(containers.map(read));
    else for (const container of containers) await read(container);
  });

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

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function complain(line: string): void {
  process.stderr.write(`${line}\n`);
}

function seconds(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw new InvalidArgumentError("expected a number of seconds, e.g. 60");
  return value;
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError("expected a whole number, e.g. 100");
  return value;
}

function appName(text: string): string {
  const name = Name.safeParse(text);
  if (!name.success) throw new InvalidArgumentError(name.error.issues[0]?.message ?? "expected an app's name");
  return name.data;
}

async function standardInput(): Promise<string> {
  if (process.stdin.isTTY)
    throw new Failure("expected a manifest (JSON) on standard input: slipway release < manifest.json");
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function manifestOf(text: string): Manifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // The parser's message would quote the text, which holds secrets.
    throw new Failure(`the manifest on standard input is not JSON (${text.length} characters)`);
  }
  const parsed = Manifest.safeParse(json);
  if (!parsed.success)
    throw new Failure(`the manifest is not what this slipway understands:\n${prettifyError(parsed.error)}`);
  return parsed.data;
}
