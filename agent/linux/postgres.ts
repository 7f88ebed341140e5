/** An app's Postgres by its own programs; names and values travel as data, and nothing of a dump is ever a command of `psql`. */
import { createHash, randomBytes, randomInt } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { chmod, link, mkdir, mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Failure, reasonOf } from "../failure";
import type { Database } from "../host";
import { SCRATCH } from "../paths";
import { redactor } from "../redact";
import { advisoryLock } from "./advisory-lock";
import { bodyOf, type Head, headOf, schemasIn } from "./dump-script";
import { syncFolder } from "./files";
import { firstWords, outputOf, QUIET, query, start } from "./postgres-programs";
import {
  CATALOG_ONLY,
  clearingSql,
  END_SESSIONS,
  keepPathSql,
  NO_LIMITS,
  type RestoreOrder,
  restoreOrder,
  searchPathSql,
} from "./restore-script";
import { onScratchServer } from "./scratch-server";

/** Milliseconds that a dump waits for someone else's lock on a table, e.g. of a migration run by hand. */
const DUMP_WAITS = 60_000;

/** Without a table of anyone's, but for those of extensions, there is nothing to save. */
const SIZE = `SELECT CASE WHEN EXISTS (
  SELECT FROM pg_class c WHERE c.relkind IN ('r', 'p', 'm') AND c.oid >= 16384 AND c.relpersistence <> 't'
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
) THEN pg_database_size(current_database()) ELSE 0 END`;

const NO_EXTENSION = `NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')`;

/** Every row is counted, in one statement and so in one moment: XML is how a query of a name that is only known then is run within another.
 * JSON keeps names apart, whatever line ends and tabs are in them. */
const COUNTS = `SELECT coalesce(json_object_agg(name, state), '{}') FROM (
SELECT format('table %I.%I', n.nspname, c.relname) AS name,
  (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM ONLY %I.%I', n.nspname, c.relname), false, true, '')))[1]::text AS state
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.oid >= 16384 AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND ${NO_EXTENSION}
UNION ALL
SELECT format('sequence %I.%I', n.nspname, c.relname), (xpath('/row/n/text()',
  query_to_xml(format('SELECT last_value || '' '' || is_called AS n FROM %I.%I', n.nspname, c.relname), false, true, '')))[1]::text
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'S' AND c.oid >= 16384 AND c.relpersistence <> 't' AND ${NO_EXTENSION}) AS counted`;

/** What the role finds without naming a schema, its own name said out: where the dump is read back, the role may have another. */
const ROLE = `SELECT json_build_object('role', current_user, 'searchPath', replace(reset_val, '"$user"', quote_ident(current_user)))
FROM pg_settings WHERE name = 'search_path'`;

/** How Postgres says that something isn't found by its bare name. */
const NOT_FOUND = /does not exist/;

/** How `pg_dump` says that a table's policies hold for its own role, too. */
const POLICED = /row-level security/;

/** See `Database`. */
export const linuxDatabase: Database = {
  async size(url) {
    return Number(await query(url, SIZE));
  },

  async role(url) {
    return JSON.parse(await query(url, ROLE)) as { role: string; searchPath: string };
  },

  async dump(url, path) {
    const draft = `${path}.draft`;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await rm(draft, { force: true });
    if (existsSync(path)) throw new Failure(`${path} is there already, and no dump is ever written over`);
    const file = await open(draft, "wx", 0o600);
    try {
      const argv = ["pg_dump", "-Fc", `--lock-wait-timeout=${DUMP_WAITS}`] as const;
      const { succeeded } = await start(argv, { url, stdio: ["ignore", file.fd, "pipe"] });
      await succeeded.catch(explainPolicies);
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

  async restore(url, path, { owner, after, searchPath } = {}) {
    await refuseSpoilt(path);
    const order = await orderOf(path, owner ?? (await linuxDatabase.role(url)).role);
    if (order.isForeign)
      throw new Failure(`nothing in the dump belongs to role ${owner}: it is of another role's tables`);
    const script = {
      path,
      before: await roomFor(path, order),
      begin: searchPathSql(searchPath),
      end: owner === undefined || searchPath === undefined ? "" : keepPathSql(owner, searchPath),
      after: after === undefined ? undefined : `RESET ALL;\n${searchPathSql(searchPath)}${after}\n;\n`,
    };
    await feed(url, { ...script, entries: order.entries }).catch(async (thrown) => {
      // PostgreSQL 17 and later fill an index within their own catalog alone. A new row's part of it is found as the app finds it.
      const isLost = thrown instanceof Failure && NOT_FOUND.test(thrown.message);
      if (!isLost || String(order.indexesFirst) === String(order.entries)) throw thrown;
      await feed(url, { ...script, entries: order.indexesFirst }).catch(() => {
        throw thrown;
      });
    });
    if (after !== undefined && (await linuxDatabase.size(url)) === 0)
      throw new Failure("nothing was kept: the SQL that belongs to it drops every table");
  },

  async readBack(path, { role, searchPath }) {
    const order = await orderOf(path, role);
    const encoding = headOf((await scriptOf(path, [])).toString("latin1"))?.encoding ?? "UTF8";
    return onScratchServer({ within: SCRATCH, role, encoding }, async (scratch) => {
      const own = { path, before: await roomFor(path, order), begin: "", end: "", after: undefined };
      // What the app's role may not make was there before it came: schemas of others' first, and the extensions in any.
      await feed(scratch.role, { ...own, entries: [] });
      const before = () => `${CATALOG_ONLY}BEGIN;\n`;
      await feed(scratch.administrator, { ...own, before, entries: order.ofOthers });
      return linuxDatabase.restore(scratch.role, path, { owner: role, searchPath }).then(
        () => ({ result: "ok" }) as const,
        (thrown) => {
          if (!(thrown instanceof Failure)) throw thrown;
          return { result: "failed", reason: thrown.message } as const;
        },
      );
    });
  },

  async counts(url) {
    return JSON.parse(await query(url, COUNTS)) as Record<string, string>;
  },

  async lock(url, name, wait) {
    const redact = redactor([url]);
    return advisoryLock({
      open: (argv) => start(argv, { url, stdio: ["pipe", "pipe", "pipe"], name: name.replaceAll(":", " ") }),
      name,
      wait,
      wordsOf: (output) => redact(firstWords(output)),
    });
  },
};

async function orderOf(path: string, role: string): Promise<RestoreOrder> {
  return restoreOrder((await readDump(path, ["--list"])).toString("utf8").split("\n"), role);
}

/** SQL that makes room for a dump, up to what begins the transaction. */
async function roomFor(path: string, { schemas }: RestoreOrder): Promise<(encoding: string) => string> {
  const names = schemas.length > 0 ? schemasIn(await scriptOf(path, schemas)) : [];
  return (encoding) => `${CATALOG_ONLY}${END_SESSIONS}BEGIN;\n${NO_LIMITS}${clearingSql(names, encoding)}`;
}

/** Runs `pg_restore` on a dump that only root may read. */
async function readDump(path: string, options: readonly string[]): Promise<Buffer> {
  const dump = await open(path, "r");
  try {
    return await outputOf(["pg_restore", ...options], { input: dump.fd });
  } finally {
    await dump.close();
  }
}

/** The script of some entries of a dump. */
async function scriptOf(path: string, entries: readonly number[]): Promise<Buffer> {
  return withList(entries, (option) => readDump(path, [...SCRIPT, option]));
}

/** Options of `pg_restore`: a script in one transaction, of the role that carries it out. */
const SCRIPT = ["--single-transaction", "--no-owner", "--no-acl", "--file=-"];

/** Numbers of entries as `pg_restore` takes them: from a file, which it must be able to read. */
async function withList<T>(entries: readonly number[], work: (option: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "slipway-"));
  try {
    await chmod(folder, 0o711);
    const listed = join(folder, "list");
    await writeFile(listed, entries.map((number) => `${number};\n`).join(""), { mode: 0o644 });
    return await work(`--use-list=${listed}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What is carried out in one transaction. */
interface Script {
  /** Of the dump. */
  readonly path: string;
  /** Of the dump, in the order in which they are read back. */
  readonly entries: readonly number[];
  /** SQL up to what begins the transaction and makes room, for a dump whose names have this encoding. */
  readonly before: (encoding: string) => string;
  /** SQL right before the first entry. */
  readonly begin: string;
  /** SQL right after the last. */
  readonly end: string;
  /** SQL from outside that follows, under the settings of any session. */
  readonly after: string | undefined;
}

/**
 * Has `pg_restore` write a script, and one `psql` carry it out. From its first line to its last `psql` takes no command of its own, a shell
 * among them (psql(1), `\\restrict`; a `psql` that doesn't know it ends there). The COMMIT is said last, and only if both programs have come
 * so far: Postgres takes everything back if either, or this one, ends early.
 */
async function feed(url: string, script: Script): Promise<void> {
  const dump = await open(script.path, "r");
  try {
    await withList(script.entries, (option) => pour(url, script, dump.fd, option));
  } finally {
    await dump.close();
  }
}

async function pour(url: string, { before, begin, end, after }: Script, dump: number, list: string): Promise<void> {
  const session = await start(["psql", ...QUIET], { url, stdio: ["pipe", "pipe", "pipe"] });
  const source = await start(["pg_restore", ...SCRIPT, list], { stdio: [dump, "pipe", "pipe"] });
  const { stdin, stdout: answers } = session.child;
  const { stdout } = source.child;
  if (!stdin || !answers || !stdout) throw new Error("a pipe is missing");
  const lastAnswer = endOf(answers);
  // Digits alone: a quote would close one that was left open.
  const done = String(randomInt(2 ** 47));
  // Whichever ends early closes its pipe; its exit code and its words say why.
  for (const stream of [stdin, stdout]) stream.on("error", () => {});
  session.child.once("close", () => source.child.kill());
  const onHead = ({ encoding, settings }: Head) =>
    `\\restrict ${randomBytes(16).toString("hex")}\n${before(encoding)}${settings.join("\n")}\n${begin}`;
  const poured = pipeline(stdout, (chunks) => bodyOf(chunks, onHead), stdin, { end: false })
    .then(() => source.succeeded)
    .then(() => {
      stdin.end(`${end}${after ?? ""}COMMIT;\nSELECT ${done};\n`);
    })
    .catch((thrown) => {
      stdin.destroy();
      throw thrown;
    });
  const [ofSession, ofSource, ofPouring] = await Promise.allSettled([session.succeeded, source.succeeded, poured]);
  if (ofSession.status === "rejected") throw ofSession.reason;
  // A program that writes to nobody says so, and not why nobody reads.
  if (ofSource.status === "rejected" && !/broken pipe/i.test(reasonOf(ofSource.reason))) throw ofSource.reason;
  if (ofPouring.status === "rejected") throw ofPouring.reason;
  // A quote that is never closed swallows the end of the transaction, and psql says nothing of it.
  if (lastAnswer() !== done)
    throw new Failure(
      after === undefined
        ? "nothing was kept: psql has not said that the transaction was over"
        : "nothing was kept: the SQL that belongs to it ends within a quote or a comment",
    );
}

/** The last line of a stream, once that has ended. */
function endOf(stream: Readable): () => string | undefined {
  let held = "";
  stream.on("data", (chunk: Buffer) => {
    held = `${held}${chunk.toString("latin1")}`.slice(-LAST);
  });
  return () => held.trimEnd().split("\n").at(-1);
}

/** Characters that hold the last answer. */
const LAST = 256;

/** A dump that leaves out rows is none, so `pg_dump` refuses. */
function explainPolicies(thrown: unknown): never {
  if (!(thrown instanceof Failure) || !POLICED.test(thrown.message)) throw thrown;
  throw new Failure(
    `${thrown.message}\nThe table has FORCE ROW LEVEL SECURITY, so the app's role can't save all of its rows. Take FORCE off, let the role ` +
      "see everything (ALTER ROLE … BYPASSRLS), or say «snapshot: false» in the app's settings and save the database by other means",
  );
}

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
