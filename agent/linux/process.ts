/** Child processes, always by argument lists: no shell ever sees a value. */
import { spawn } from "node:child_process";
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
    const keep = (chunk: Buffer) => {
      output += chunk.toString("utf8");
    };
    child.stdout?.on("data", keep);
    child.stderr?.on("data", keep);
    child.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        new Failure(
          error.code === "ENOENT" ? `${program} is not installed on this host` : `${program}: ${error.message}`,
        ),
      ),
    );
    child.once("close", (code) => resolve({ code: code ?? 1, output }));
    if (options.input && child.stdin) {
      // A program that ends early closes its input; its exit code says why.
      child.stdin.on("error", () => {});
      options.input.pipe(child.stdin);
    }
  });
}

/** Runs a program with this process's own standard streams, terminal included; resolves with its exit code, 128 + the signal's number if one ended it. */
export async function attend(
  argv: readonly [string, ...string[]],
  environment: Readonly<Record<string, string>>,
): Promise<number> {
  const [program, ...rest] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, rest, { stdio: "inherit", env: { ...environment } });
    // The terminal sends its signals to the child as well, which decides what they mean.
    const ignore = () => {};
    process.on("SIGINT", ignore);
    child.once("error", (error) => reject(new Failure(`${program}: ${error.message}`)));
    child.once("close", (code, signal) => {
      process.off("SIGINT", ignore);
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}
