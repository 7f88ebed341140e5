/** Child processes, always by argument lists: no shell ever sees a value. */
import { spawn } from "node:child_process";
import { fstatSync } from "node:fs";
import { constants } from "node:os";
import type { Readable } from "node:stream";
import { Failure } from "../failure";

/** How a child process is run. */
export interface RunOptions {
  /** Its whole environment; this process's own where left out. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What it reads from standard input; nothing where left out. */
  readonly input?: Readable;
}

/** What a child process ended with. */
export interface Ended {
  readonly code: number;
  /** Standard output and error together, as they came. */
  readonly output: string;
  /** Standard output alone. */
  readonly answer: string;
}

/** Runs a program to its end. Rejects with a `Failure` only if it can't be started. */
export async function run(argv: readonly [string, ...string[]], options: RunOptions = {}): Promise<Ended> {
  const [program, ...rest] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, rest, {
      stdio: [options.input ? "pipe" : "ignore", "pipe", "pipe"],
      env: options.environment ?? process.env,
    });
    let output = "";
    const answer: Buffer[] = [];
    const keep = (chunk: Buffer) => {
      output += chunk.toString("utf8");
    };
    child.stdout?.on("data", keep);
    child.stdout?.on("data", (chunk: Buffer) => answer.push(chunk));
    child.stderr?.on("data", keep);
    child.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        new Failure(
          error.code === "ENOENT" ? `${program} is not installed on this host` : `${program}: ${error.message}`,
        ),
      ),
    );
    child.once("close", (code) => resolve({ code: code ?? 1, output, answer: Buffer.concat(answer).toString("utf8") }));
    if (options.input && child.stdin) {
      // A program that ends early closes its input; its exit code says why.
      child.stdin.on("error", () => {});
      options.input.pipe(child.stdin);
    }
  });
}

/** By these a process is told that its watcher is gone, or that it is to end. */
const LEAVING: readonly NodeJS.Signals[] = ["SIGHUP", "SIGTERM"];

/**
 * Runs a program with this process's own standard streams, terminal included; resolves with its exit code, 128 + the signal's number if
 * one ended it. With `onLeave`: when whoever watches goes away (the terminal, or the reader of standard output) or this process is asked to
 * end, the program is killed and `onLeave` called, for what it leaves behind.
 */
export async function attend(
  argv: readonly [string, ...string[]],
  environment: Readonly<Record<string, string>>,
  onLeave?: () => Promise<void>,
): Promise<number> {
  const [program, ...rest] = argv;
  const child = spawn(program, rest, { stdio: "inherit", env: { ...environment } });
  let left: NodeJS.Signals | undefined;
  const leave = (signal: NodeJS.Signals) => {
    left ??= signal;
    child.kill("SIGKILL");
  };
  const handlers: [NodeJS.Signals, () => void][] = [
    // The terminal sends it to the child as well, which decides what it means.
    ["SIGINT", () => {}],
    ...(onLeave ? LEAVING.map((signal): [NodeJS.Signals, () => void] => [signal, () => leave(signal)]) : []),
  ];
  for (const [signal, handler] of handlers) process.on(signal, handler);
  const forget = onLeave ? whenReaderLeaves(() => leave("SIGPIPE")) : () => {};
  try {
    const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
      child.once("error", (error) => reject(new Failure(`${program}: ${error.message}`)));
      child.once("close", (...ended) => resolve(ended));
    });
    if (left !== undefined) await onLeave?.();
    const by = left ?? signal;
    return by ? 128 + constants.signals[by] : (code ?? 1);
  } finally {
    forget();
    for (const [signal, handler] of handlers) process.off(signal, handler);
  }
}

/**
 * Calls back when nobody can read any more what this process writes to standard output, where that is a pipe: with a lost SSH connection
 * nothing else tells. Node can't ask the kernel for this; `tail` of coreutils does, every second, and ends. Returns how to forget it.
 */
function whenReaderLeaves(callback: () => void): () => void {
  if (!fstatSync(1).isFIFO()) return () => {};
  const watch = spawn("tail", ["--follow", "/dev/null"], { stdio: ["ignore", "inherit", "ignore"] });
  watch.once("error", () => {});
  watch.once("exit", callback);
  return () => {
    watch.off("exit", callback);
    watch.kill();
  };
}
