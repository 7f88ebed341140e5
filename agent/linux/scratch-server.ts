/**
 * A server of Postgres's for a moment, on a socket in a folder of its own: a dump is tried there without anything that serves being touched,
 * and what the dump runs has no rights on this machine.
 */
import { once } from "node:events";
import { access, chown, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "../failure";
import { outputOf, query, type Started, start } from "./postgres-programs";
import { unprivileged } from "./unprivileged";

/** Where Debian keeps the programs of each version's server. */
const SERVERS = "/usr/lib/postgresql";
/** The server's own administrator. */
const BOSS = "slipway_scratch_administrator";
/** Milliseconds until a server answers, and between two looks. */
const PATIENCE = 60_000;
/** @see PATIENCE */
const POLL = 100;

/** Small, heard by nobody, and quick rather than lasting: it is thrown away. */
const SETTINGS = {
  listen_addresses: "",
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  wal_level: "minimal",
  max_wal_senders: "0",
  autovacuum: "off",
  shared_buffers: "16MB",
  max_connections: "10",
  log_min_messages: "panic",
} as const;

/** What a server is made for. */
export interface ScratchOrder {
  /** Folder that the server's own is made in. */
  readonly within: string;
  /** Role that has the database; it may read what others make there. */
  readonly role: string;
  /** Of the database. */
  readonly encoding: string;
}

/** URLs of the server's one database. */
export interface Scratch {
  readonly administrator: string;
  readonly role: string;
}

/** Makes a server, and takes it away whatever `work` comes to. @throws Failure if this host can't run one */
export async function onScratchServer<T>(
  { within, role, encoding }: ScratchOrder,
  work: (scratch: Scratch) => Promise<T>,
): Promise<T> {
  const bin = await programs();
  await mkdir(within, { recursive: true, mode: 0o711 });
  const folder = await mkdtemp(join(within, "pg-"));
  try {
    const ids = await unprivileged();
    if (ids) await chown(folder, ids.uid, ids.gid);
    const data = join(folder, "data");
    const url = (user: string, name: string) => `postgres://${encodeURIComponent(user)}@/${name}?host=${folder}`;
    const administrator = url(BOSS, "postgres");
    await outputOf([join(bin, "initdb"), "-D", data, "-U", BOSS, "--auth=trust", "--no-sync", "--locale=C"], {});
    const server = await serve(bin, data, folder);
    try {
      await answer(server, administrator);
      await outputOf([join(bin, "createuser"), "-g", "pg_read_all_data", "--", role], { url: administrator });
      const kind = ["-T", "template0", "-E", encoding, `--locale=${encoding === "UTF8" ? "C.UTF-8" : "C"}`];
      await outputOf([join(bin, "createdb"), "-O", role, ...kind, "--", "scratch"], { url: administrator });
      return await work({ administrator: url(BOSS, "scratch"), role: url(role, "scratch") });
    } finally {
      await end(server);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function programs(): Promise<string> {
  const versions = (await readdir(SERVERS).catch(() => [])).sort((a, b) => Number(b) - Number(a));
  for (const version of versions) {
    const bin = join(SERVERS, version, "bin");
    if (
      await access(join(bin, "initdb")).then(
        () => true,
        () => false,
      )
    )
      return bin;
  }
  throw new Failure("Postgres's server is not installed on this host: sudo apt install postgresql");
}

function serve(bin: string, data: string, folder: string): Promise<Started> {
  const settings = Object.entries({ ...SETTINGS, unix_socket_directories: folder });
  return start(
    [join(bin, "postgres"), "-D", data, ...settings.flatMap(([name, value]) => ["-c", `${name}=${value}`])],
    {
      stdio: "ignore",
    },
  );
}

async function answer({ child }: Started, url: string): Promise<void> {
  for (const deadline = Date.now() + PATIENCE; ; await sleep(POLL)) {
    const reason = await query(url, "SELECT 1").then(() => undefined, String);
    if (reason === undefined) return;
    if (child.exitCode !== null || Date.now() > deadline)
      throw new Failure(`the scratch server doesn't start: ${reason}`);
  }
}

async function end({ child }: Started): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "close");
  // At once: nothing of it is kept.
  child.kill("SIGQUIT");
  await ended;
}
