/**
 * An advisory lock of Postgres, held by a `psql` that reads from a pipe of ours: when this process ends, however it ends, the kernel closes
 * the pipe, `psql` ends, and Postgres frees the lock.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "../failure";
import type { Lock } from "../host";
import { lineCutter } from "./lines";
import { QUIET, type Started } from "./postgres-programs";

/** Milliseconds between two tries. */
const POLL = 500;
/** Milliseconds between two signs of life: `psql` notices a lost server only when it asks for something. */
const BEAT = 5_000;
/** Milliseconds without an answer after which the server counts as lost. */
const SILENCE = 60_000;
/** Milliseconds `psql` gets to end by itself. */
const END = 5_000;

/** However long the release command takes; not every server knows all of these. */
const STAY = `SET search_path = pg_catalog, pg_temp;
SELECT count(set_config(name, '0', false)) FROM pg_settings WHERE name IN ('idle_session_timeout', 'statement_timeout');`;

const KEY = "hashtextextended(:'name', 0)";

/** The lock's key stands in two halves in `pg_locks` (PostgreSQL's manual, "pg_locks"). */
const HOLDER = `SELECT coalesce((
  SELECT concat_ws(', ', coalesce(nullif(application_name, ''), 'an unnamed session'), 'from ' || host(client_addr),
    'since ' || to_char(backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS UTC'), 'pid ' || a.pid)
  FROM pg_locks l JOIN pg_stat_activity a USING (pid)
  WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND (l.classid::bigint << 32 | l.objid::bigint) = ${KEY} LIMIT 1), 'one that has just ended');`;

/** What a lock is asked with. */
export interface AdvisoryLockRequest {
  /** Starts `psql`, with pipes for its three streams. */
  readonly open: (argv: readonly [string, ...string[]]) => Promise<Started>;
  readonly name: string;
  /** Seconds. */
  readonly wait: number;
  /** What of an error output people are told. */
  readonly wordsOf: (output: string) => string;
}

/** Takes the lock. @throws Failure naming the holder if it was not free in time, or in Postgres's own words */
export async function advisoryLock(request: AdvisoryLockRequest): Promise<Lock> {
  const { name, wait } = request;
  const session = await openSession(request);
  try {
    await session.ask(STAY);
    const deadline = Date.now() + wait * 1000;
    while ((await session.ask(`SELECT pg_try_advisory_lock(${KEY});`)) !== "t") {
      const left = deadline - Date.now();
      if (left <= 0)
        throw new Failure(`the lock «${name}» was not free within ${wait} s: ${await session.ask(HOLDER)} holds it`);
      await sleep(Math.min(POLL, left));
    }
  } catch (thrown) {
    await session.end();
    throw thrown;
  }
  return keep(session, name);
}

function keep(session: Session, name: string): Lock {
  let isFreed = false;
  let answered = Date.now();
  const beat = setInterval(() => {
    if (Date.now() - answered > SILENCE) session.kill();
    const heard = () => {
      answered = Date.now();
    };
    session.ask("SELECT 1;").then(heard, () => {});
  }, BEAT);
  const lost = session.ended.then((why): Promise<never> => {
    clearInterval(beat);
    if (isFreed) return new Promise(() => {});
    throw new Failure(`the lock «${name}» of the database was lost: ${why}`);
  });
  lost.catch(() => {});
  return {
    lost,
    async free() {
      isFreed = true;
      await session.end();
    },
  };
}

interface Session {
  /** Sends SQL that gives one line, and resolves with it. */
  ask(sql: string): Promise<string>;
  /** Resolves with the reason when `psql` has ended. */
  readonly ended: Promise<string>;
  end(): Promise<void>;
  kill(): void;
}

async function openSession({ open, name, wordsOf }: AdvisoryLockRequest): Promise<Session> {
  const { child } = await open(["psql", ...QUIET, "-v", `name=${name}`]);
  const { stdin, stdout, stderr } = child;
  if (!stdin || !stdout || !stderr) throw new Error("a pipe is missing");
  const waiting: ((line: string) => void)[] = [];
  const cutter = lineCutter((line) => waiting.shift()?.(line));
  let errors = "";
  stdin.on("error", () => {});
  stdout.on("data", (chunk: Buffer) => cutter.feed(chunk));
  stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString("utf8");
  });
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(`psql can't be run: ${error.message}`));
    child.once("close", (code, signal) =>
      resolve(wordsOf(errors) || `psql ended with ${signal ?? `exit code ${code}`}`),
    );
  });
  const broken = ended.then((why): never => {
    throw new Failure(why);
  });
  broken.catch(() => {});
  return {
    ended,
    ask(sql) {
      const answer = new Promise<string>((resolve) => waiting.push(resolve));
      stdin.write(`${sql}\n`);
      return Promise.race([answer, broken]);
    },
    async end() {
      stdin.end();
      const late = setTimeout(() => child.kill("SIGKILL"), END);
      await ended;
      clearTimeout(late);
    },
    kill: () => child.kill("SIGKILL"),
  };
}
