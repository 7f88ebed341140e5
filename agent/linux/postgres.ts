/** Postgres by its own programs. All they need to know comes by their environment, so that no password stands on a command line. */
import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { createReadStream, existsSync, readFileSync } from "node:fs";
import { link, mkdir, mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { connectionEnvironment } from "../connection-url";
import { Failure, reasonOf } from "../failure";
import type { Database } from "../host";
import { localAddresses } from "../local-addresses";
import { guard, redactor } from "../redact";
import { advisoryLock } from "./advisory-lock";
import { syncFolder } from "./files";
import { clearingSql, END_SESSIONS, restoreOrder } from "./restore-script";

/** Seconds to reach a server before it counts as down. */
const CONNECT = 10;
/** Milliseconds that a dump waits for someone else's lock on a table, e.g. of a migration run by hand. */
const DUMP_WAITS = 60_000;
/** Lines of a program's error output that are told: the error itself, its detail and its hint. */
const TOLD = 4;

/** Without a table of anyone's, but for those of extensions, there is nothing to save. */
const SIZE = `SELECT CASE WHEN EXISTS (
  SELECT FROM pg_class c WHERE c.relkind IN ('r', 'p', 'm') AND c.oid >= 16384 AND c.relpersistence <> 't'
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
) THEN pg_database_size(current_database()) ELSE 0 END`;

const NO_EXTENSION = `NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')`;

/** Every row is counted, in one statement and so in one moment: XML is how a query of a name that is only known then is run within another. */
const COUNTS = `SELECT format('table %I.%I', n.nspname, c.relname) || chr(9) ||
  (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM ONLY %I.%I', n.nspname, c.relname), false, true, '')))[1]::text
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.oid >= 16384 AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND ${NO_EXTENSION}
UNION ALL
SELECT format('sequence %I.%I', n.nspname, c.relname) || chr(9) || (xpath('/row/n/text()',
  query_to_xml(format('SELECT last_value || '' '' || is_called AS n FROM %I.%I', n.nspname, c.relname), false, true, '')))[1]::text
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'S' AND c.oid >= 16384 AND c.relpersistence <> 't' AND ${NO_EXTENSION}`;

/** See `Database`. */
export const linuxDatabase: Database = {
  async size(url) {
    return Number(await answerOf(url, ["psql", ...QUIET, "-c", SIZE]));
  },

  async dump(url, path) {
    const draft = `${path}.draft`;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await rm(draft, { force: true });
    if (existsSync(path)) throw new Failure(`${path} is there already, and no dump is ever written over`);
    const file = await open(draft, "wx", 0o600);
    try {
      await start(url, ["pg_dump", "-Fc", `--lock-wait-timeout=${DUMP_WAITS}`], ["ignore", file.fd, "pipe"]).succeeded;
      await file.sync();
      const { size } = await file.stat();
      await writeFile(sumPath(path), await sumOf(draft), { mode: 0o600, flush: true });
      // Unlike a rename it fails where there is one by now.
      await link(draft, path);
      await rm(draft);
      await syncFolder(dirname(path));
      return size;
    } catch (thrown) {
      await Promise.all([draft, sumPath(path)].map((left) => rm(left, { force: true })));
      throw thrown;
    } finally {
      await file.close();
    }
  },

  async restore(url, path, owner, after) {
    await refuseSpoilt(path);
    const role = owner ?? (await answerOf(url, ["psql", ...QUIET, "-c", "SELECT current_user"]));
    const list = (await answerOf(url, ["pg_restore", "--list", path])).split("\n");
    const order = restoreOrder(list, role);
    if (order.isForeign)
      throw new Failure(`nothing in the dump belongs to role ${role}: it is of another role's tables`);
    const before = `${END_SESSIONS}BEGIN;\n${clearingSql(order.schemas)}`;
    await readBack(url, path, order.list, { before, after });
    // A quote that is never closed swallows the end of the transaction, and psql says nothing of it.
    if (after !== undefined && (await linuxDatabase.size(url)) === 0)
      throw new Failure(
        "nothing was kept: the SQL that belongs to it drops every table, or ends within a quote or a comment",
      );
  },

  async counts(url) {
    const lines = (await answerOf(url, ["psql", ...QUIET, "-c", COUNTS])).split("\n").filter((line) => line !== "");
    return Object.fromEntries(
      lines.map((line) => {
        const at = line.lastIndexOf("\t");
        return [line.slice(0, at), line.slice(at + 1)];
      }),
    );
  },

  async lock(url, name, wait) {
    const redact = redactor([url]);
    return advisoryLock({
      environment: programEnvironment(url, name.replaceAll(":", " ")),
      name,
      wait,
      wordsOf: (output) => redact(firstWords(output)),
    });
  },
};

/** No settings file of the user's, bare values, an end at the first error. */
const QUIET = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"];

/** `pg_restore` reads a dump with a few wrong bytes in a row's text as if nothing were amiss, so each has a checksum beside it. */
async function refuseSpoilt(path: string): Promise<void> {
  const noted = await readFile(sumPath(path), "utf8").catch(() => undefined);
  if (noted === undefined) throw new Failure(`${path} has no checksum beside it, so nobody knows whether it is whole`);
  const found = await sumOf(path).catch((thrown) => {
    throw new Failure(`the dump can't be read: ${reasonOf(thrown)}`);
  });
  if (found !== noted)
    throw new Failure(`${path} is not what was written then (its SHA-256 differs): take another snapshot`);
}

const sumPath = (path: string) => `${path}.sha256`;

async function sumOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

/** Has `pg_restore` write a script of these entries of a dump, and `psql` carry it out. */
async function readBack(url: string, path: string, list: readonly string[], around: Around): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "slipway-"));
  try {
    const listed = join(folder, "list");
    await writeFile(listed, `${list.join("\n")}\n`);
    await feed(url, around, [
      "pg_restore",
      ...(around.after === undefined ? ["--single-transaction"] : []),
      "--no-owner",
      "--no-acl",
      `--use-list=${listed}`,
      "--file=-",
      path,
    ]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** SQL around a script: `before` begins the transaction. With `after` the script doesn't end it, and what is said here does. */
interface Around {
  readonly before: string;
  readonly after: string | undefined;
}

/**
 * Feeds the script to one `psql`, after `before`. The COMMIT is the last word, the script's own or what follows `after`, so it is never said if
 * either program, or this one, ends early: Postgres then takes everything back.
 */
async function feed(url: string, { before, after }: Around, argv: readonly [string, ...string[]]): Promise<void> {
  const session = start(url, ["psql", ...QUIET], ["pipe", "ignore", "pipe"]);
  const script = start(url, argv, ["ignore", "pipe", "pipe"]);
  const { stdin } = session.child;
  const { stdout } = script.child;
  if (!stdin || !stdout) throw new Error("a pipe is missing");
  // Whichever ends early closes its pipe; its exit code and its words say why.
  for (const stream of [stdin, stdout]) stream.on("error", () => {});
  session.child.once("close", () => script.child.kill());
  stdin.write(before);
  stdout.pipe(stdin, { end: after === undefined });
  if (after !== undefined)
    script.succeeded.then(() => stdin.end(`${restricted(after)}COMMIT;\n`)).catch(() => stdin.end());
  const [inSession, inScript] = await Promise.allSettled([session.succeeded, script.succeeded]);
  if (inSession.status === "rejected") throw inSession.reason;
  if (inScript.status === "rejected") throw inScript.reason;
}

/**
 * SQL from outside, under the settings of any session, since the script of a dump has no search path; commands of psql itself, a shell among
 * them, are refused (psql(1), `\\restrict`).
 */
function restricted(sql: string): string {
  const key = randomBytes(16).toString("hex");
  return `RESET ALL;\n\\restrict ${key}\n${sql}\n;\n\\unrestrict ${key}\n`;
}

interface Started {
  readonly child: ChildProcess;
  /** Rejects with its own words. */
  readonly succeeded: Promise<void>;
}

function start(url: string, [program, ...rest]: readonly [string, ...string[]], stdio: StdioOptions): Started {
  const child = spawn(program, rest, { stdio, env: programEnvironment(url, "slipway") });
  guard([url]);
  const redact = redactor([url]);
  const errors = collected(child.stderr);
  const succeeded = new Promise<void>((resolve, reject) => {
    child.once("error", (error: NodeJS.ErrnoException) => reject(notRun(program, error)));
    child.once("close", (code, signal) => {
      if (code === 0) resolve();
      else
        reject(new Failure(redact(firstWords(errors())) || `${program} ended with ${signal ?? `exit code ${code}`}`));
    });
  });
  return { child, succeeded };
}

/** Runs a program to its end; resolves with its output, without the final line end. */
async function answerOf(url: string, argv: readonly [string, ...string[]]): Promise<string> {
  const { child, succeeded } = start(url, argv, ["ignore", "pipe", "pipe"]);
  const output = collected(child.stdout);
  await succeeded;
  return output().trimEnd();
}

function collected(stream: Readable | null): () => string {
  const chunks: Buffer[] = [];
  stream?.on("data", (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString("utf8");
}

function notRun(program: string, error: NodeJS.ErrnoException): Failure {
  return new Failure(
    error.code === "ENOENT"
      ? `${program} is not installed on this host: sudo apt install postgresql-client`
      : `${program}: ${error.message}`,
  );
}

/** The environment of a program of Postgres's, and nothing of this process's own. */
function programEnvironment(url: string, name: string): Record<string, string> {
  const connection = connectionEnvironment(url);
  return {
    PATH: process.env.PATH ?? "/usr/sbin:/usr/bin:/sbin:/bin",
    HOME: "/root",
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
function firstWords(output: string): string {
  const said = output
    .split("\n")
    .map((line) => line.replace(/^(psql|pg_dump|pg_restore)(:<stdin>:\d+)?: (error: )?/, "").trim())
    .filter(
      (line) => line !== "" && !/^(NOTICE|WARNING|CONTEXT|QUERY|LINE \d+):|^\^$|^(detail|hint): Command was/.test(line),
    );
  return [...new Set(said)].slice(0, TOLD).join("\n");
}
