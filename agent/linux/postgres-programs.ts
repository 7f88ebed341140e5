/**
 * Postgres's own programs: they run without rights on this machine, see nothing of this process, and are told what they need to know by
 * their environment, so that no password stands on a command line. What only root may read is handed to them open.
 */
import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Readable } from "node:stream";
import { connectionEnvironment } from "../connection-url";
import { Failure } from "../failure";
import { localAddresses } from "../local-addresses";
import { guard, redactor } from "../redact";
import { unprivileged, withoutRights } from "./unprivileged";

/** Seconds to reach a server before it counts as down. */
const CONNECT = 10;
/** Lines of a program's error output that are told: the error itself, its detail and its hint. */
const TOLD = 4;
/** Exit code of `setpriv` where there is no such program. */
const NOT_FOUND = 127;

/** Options of `psql`: no settings file of the user's, bare values, an end at the first error. */
export const QUIET = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"];

/** A program that runs. */
export interface Started {
  readonly child: ChildProcess;
  /** Resolves when it has ended with exit code 0, and rejects with its own words. */
  readonly succeeded: Promise<void>;
}

/** How a program is started. */
export interface StartOptions {
  /** Of the server; none where it needs none. */
  readonly url?: string | undefined;
  readonly stdio: StdioOptions;
  /** What the server's lists of sessions call it. @default slipway */
  readonly name?: string;
}

/** Starts one. @throws Failure if the URL is none of Postgres, or there is nobody to run it as */
export async function start(
  argv: readonly [string, ...string[]],
  { url, stdio, name = "slipway" }: StartOptions,
): Promise<Started> {
  const [program, ...rest] = withoutRights(await unprivileged(), argv);
  const child = spawn(program, rest, { stdio, cwd: "/", env: programEnvironment(url, name) });
  const secrets = url === undefined ? [] : [url];
  guard(secrets);
  const redact = redactor(secrets);
  const errors = collected(child.stderr);
  const succeeded = new Promise<void>((resolve, reject) => {
    child.once("error", (error: NodeJS.ErrnoException) =>
      reject(notRun(argv[0], error.code === "ENOENT", error.message)),
    );
    child.once("close", (code, signal) => {
      if (code === 0) resolve();
      else if (code === NOT_FOUND && program !== argv[0]) reject(notRun(argv[0], true, ""));
      else
        reject(new Failure(redact(firstWords(errors())) || `${argv[0]} ended with ${signal ?? `exit code ${code}`}`));
    });
  });
  // Whoever started it may be busy with another one when it ends.
  succeeded.catch(() => {});
  return { child, succeeded };
}

/** Runs one to its end; resolves with its output. @param input an open file, e.g. a dump; nothing where left out */
export async function outputOf(
  argv: readonly [string, ...string[]],
  { url, input }: { readonly url?: string; readonly input?: number },
): Promise<Buffer> {
  const { child, succeeded } = await start(argv, { url, stdio: [input ?? "ignore", "pipe", "pipe"] });
  const chunks = chunksOf(child.stdout);
  await succeeded;
  return Buffer.concat(chunks);
}

/** Asks one statement; resolves with what it gives, without the final line end. */
export async function query(url: string, sql: string): Promise<string> {
  return (await outputOf(["psql", ...QUIET, "-c", sql], { url })).toString("utf8").trimEnd();
}

function chunksOf(stream: Readable | null): Buffer[] {
  const chunks: Buffer[] = [];
  stream?.on("data", (chunk: Buffer) => chunks.push(chunk));
  return chunks;
}

function collected(stream: Readable | null): () => string {
  const chunks = chunksOf(stream);
  return () => Buffer.concat(chunks).toString("utf8");
}

function notRun(program: string, isMissing: boolean, why: string): Failure {
  return new Failure(
    isMissing ? `${program} is not installed on this host: sudo apt install postgresql-client` : `${program}: ${why}`,
  );
}

/** The environment of a program of Postgres's, and nothing of this process's own. */
function programEnvironment(url: string | undefined, name: string): Record<string, string> {
  const connection = url === undefined ? {} : connectionEnvironment(url);
  return {
    PATH: process.env.PATH ?? "/usr/sbin:/usr/bin:/sbin:/bin",
    HOME: "/nonexistent",
    LC_ALL: "C.UTF-8",
    PGPASSFILE: "/dev/null",
    PGCONNECT_TIMEOUT: String(CONNECT),
    PGAPPNAME: name,
    ...connection,
    ...ownHost(connection.PGHOST, connection.PGPORT),
  };
}

/**
 * Containers reach the host at an address of Docker's bridge. Docker gives what the host itself sends there another sender, the host's
 * outside address, which Postgres doesn't let in; so the host goes by loopback first.
 */
function ownHost(host: string | undefined, port = ""): Record<string, string> {
  if (host === "host.docker.internal") return { PGHOSTADDR: "127.0.0.1" };
  if (host === undefined || !localAddresses(readFileSync("/proc/net/fib_trie", "utf8")).has(host)) return {};
  return {
    PGHOST: `${host},${host}`,
    PGHOSTADDR: `127.0.0.1,${host}`,
    ...(port && { PGPORT: `${port},${port}` }),
  };
}

/** What an error output says first, less what it says on top of that for programmers. */
export function firstWords(output: string): string {
  const said = output
    .split("\n")
    .map((line) => line.replace(/^(psql|pg_dump|pg_restore)(:<stdin>:\d+)?: (error: )?/, "").trim())
    .filter(
      (line) => line !== "" && !/^(NOTICE|WARNING|CONTEXT|QUERY|LINE \d+):|^\^$|^(detail|hint): Command was/.test(line),
    );
  return [...new Set(said)].slice(0, TOLD).join("\n");
}
