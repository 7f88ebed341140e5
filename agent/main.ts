#!/usr/bin/env node
/** The engine's command line, as it stands on every host in /usr/local/bin/slipway. */
import { Command, InvalidArgumentError } from "commander";
import { prettifyError } from "zod";
import { Failure } from "./failure";
import { linuxHost } from "./linux/host";
import { Manifest } from "./manifest";
import { release } from "./release";

const program = new Command("slipway")
  .description("Releases apps on this host: one gated, undoable step from an image to its address.")
  .version("0.1.0")
  .showHelpAfterError("(slipway --help lists the commands)");

program
  .command("release")
  .description("make the manifest on standard input (JSON) the live release of its app")
  .option("--wait <seconds>", "how long to wait for another release of the same app", seconds, 900)
  .action(async ({ wait }: { wait: number }) => {
    const manifest = manifestOf(await standardInput());
    process.exitCode = await release(linuxHost, manifest, { wait, pid: process.pid, say, complain });
  });

// A watcher who goes away must not take the release along.
process.on("SIGHUP", () => {});
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

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
