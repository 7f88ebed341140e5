/** What goes and what stays when a database leaves its stack: the real scripts, with stand-ins for the programs that they run. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { containerScript } from "./containerScript";
import { hostDatabaseAddress, hostDatabaseScript } from "./hostPostgres";
import { managedScript } from "./managedScript";

const root = mkdtempSync(join(tmpdir(), "slipway-last-dump-"));
afterAll(() => rmSync(root, { recursive: true }));

const remark = "slipway/prod 0123456789a";

const managed = (isMade: boolean) =>
  managedScript({
    app: "shop",
    address: { host: "db.test", port: 25060, name: "shop", user: "shop" },
    admin: { user: "doadmin", password: "it's", database: "defaultdb" },
    authority: "CERTIFICATE",
    password: "s3cr3t",
    isMade,
    remark,
  });
const order = { app: "shop", image: "registry.test/pg:17", password: "s3cr3t" };
const modes = {
  host: hostDatabaseScript("shop", hostDatabaseAddress("shop"), "s3cr3t", { remark }),
  container: containerScript(order),
  managed: managed(false),
  "managed, made by the API": managed(true),
};
type Mode = keyof typeof modes;
const all = Object.keys(modes) as Mode[];

/** What of the data is gone, in the words of the programs that would have done it. */
const destruction = /DROP DATABASE|volume rm|rm -f -v/;

/** The machine as the stand-ins find it. */
interface Machine {
  /** Whether the server answers; `started`: once it is started. */
  readonly server?: "up" | "down" | "started";
  readonly container?: boolean;
  readonly volume?: boolean;
  readonly engine?: boolean;
  readonly exists?: boolean;
  readonly contents?: string;
  /** What `pg_dump` writes, and how it ends. */
  readonly dump?: string;
  readonly dumpEnds?: number;
  readonly list?: string;
  readonly readEnds?: number;
}

const list = [
  "; Archive created at 2026-01-05",
  "215; 1259 16385 TABLE public notes shop",
  "216; 1259 16390 SEQUENCE public notes_id_seq shop",
  "217; 1259 16400 MATERIALIZED VIEW public sums shop",
  "3350; 0 16385 TABLE DATA public notes shop",
].join("\n");

let folder: string;
let log: string;
const dropped = () => join(folder, "slipway/dropped");
const dumps = () => (existsSync(dropped()) ? readdirSync(dropped()) : []);
const done = () => (existsSync(log) ? readFileSync(log, "utf8") : "");

beforeEach(() => {
  folder = mkdtempSync(join(root, "machine-"));
  log = join(folder, "log");
});

function program(name: string, text: string): void {
  writeFileSync(join(folder, "bin", name), `#!/bin/bash\n${text}\n`, { mode: 0o755 });
}

/** Drops a database there. */
function drop(script: string, machine: Machine = {}) {
  const { server = "up", container = true, volume = true, engine = true, exists = true } = machine;
  const { contents = "16400\n16385", dump = "whole", dumpEnds = 0, readEnds = 0 } = machine;
  mkdirSync(join(folder, "bin"), { recursive: true });
  const state = join(folder, "server");
  writeFileSync(state, server === "up" ? "up" : "down");
  if (container) writeFileSync(join(folder, "container"), "");
  else rmSync(join(folder, "container"), { force: true });
  writeFileSync(join(folder, "list"), machine.list ?? list);
  const up = `[ "$(cat ${state})" = up ]`;
  const start = server === "started" ? `echo up > ${state}` : ":";
  program("sudo", 'shift 2; exec "$@"');
  program("getent", "");
  program("setpriv", 'while [ "$1" != -- ]; do shift; done; shift; exec "$@"');
  program("sleep", "");
  program("pg_isready", up);
  program("systemctl", `echo "systemctl $*" >> ${log}; ${start}`);
  program(
    "psql",
    `${up} || { echo 'could not connect to server' >&2; exit 2; }
case "$*" in
*pg_database*) ${exists ? "echo 1" : ":"} ;;
*pg_class*) printf '%s\\n' '${contents}' | sed '/^$/d' ;;
*"-c "*) ;;
*) said=$(cat); case "$said" in "SELECT true FROM pg_database"*) ${exists ? "echo t" : ":"} ;; *) echo "$said" >> ${log} ;; esac ;;
esac`,
  );
  program(
    "pg_dump",
    `[ "$1" != --version ] || { echo 'pg_dump (PostgreSQL) 17.2'; exit; }\n${up} || exit 1; printf '${dump}'; exit ${dumpEnds}`,
  );
  program(
    "pg_restore",
    `[ "$(cat)" = whole ] || exit 1\ncase "$*" in *--list*) cat ${folder}/list ;; *) exit ${readEnds} ;; esac`,
  );
  program(
    "docker",
    `${engine ? "" : "echo 'no engine' >&2; exit 1"}
case "$*" in
"exec -u postgres -e PGOPTIONS="*) shift 6; exec "$@" ;;
"container inspect"*'"slipway.database"'*) [ -e ${folder}/container ] && echo shop ;;
"volume inspect"*'"slipway.database"'*) ${volume ? "echo shop" : "exit 1"} ;;
"network inspect"*'"slipway.database"'*) echo shop ;;
"container inspect --format"*) [ -e ${folder}/container ] && echo registry.test/pg:17 ;;
"container inspect"*) [ -e ${folder}/container ] ;;
"volume inspect"*) ${volume ? ":" : "exit 1"} ;;
"image inspect --format"*) echo registry.test/pg@sha256:1 ;;
"run "*--version*) echo 'postgres (PostgreSQL) 17.2' ;;
"network inspect"*) echo 172.29.64.0/24 ;;
"create "*) echo "docker create" >> ${log}; touch ${folder}/container ;;
"unpause "*) exit 1 ;;
"start "*) echo "docker start" >> ${log}; ${start} ;;
*) echo "docker $*" >> ${log} ;;
esac`,
  );
  program("install", 'last=("$@"); mkdir -p "${last[-1]}"'.replace("$" + "{last", "$" + "{last"));
  const own = script
    .replaceAll("/var/lib/slipway", join(folder, "slipway"))
    .replaceAll("/etc/postgresql/*/main", join(folder, "postgresql/*/main"))
    .replaceAll("/etc/slipway", join(folder, "etc"))
    .replace("in {1..300}", "in {1..3}")
    .replace("in {1..120}", "in {1..3}")
    .replaceAll("= 300 ]", "= 3 ]")
    .replaceAll("= 120 ]", "= 3 ]")
    .replaceAll("/run/lock", folder);
  mkdirSync(join(folder, "postgresql/17/main"), { recursive: true });
  mkdirSync(dropped(), { recursive: true });
  const result = spawnSync("bash", ["-euo", "pipefail", "-s", "--", "drop"], {
    input: own,
    env: { PATH: `${join(folder, "bin")}:${process.env.PATH}` },
    encoding: "utf8",
  });
  return { status: result.status, stdout: result.stdout, stderr: result.stderr };
}

it.each(all)("saves the data of mode %s, has read the dump back, and drops it then", (mode) => {
  const { status, stdout, stderr } = drop(modes[mode]);
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/the last dump of shop's database is \S+shop-\d{8}T\d{6}Z\.dump/);
  expect(dumps()).toEqual([expect.stringMatching(/^shop-\d{8}T\d{6}Z\.dump$/)]);
  if (mode !== "managed, made by the API") expect(done()).toMatch(destruction);
});

describe.each(all)("the data of mode %s stays, and whoever drops it is told,", (mode) => {
  it.each([
    ["while its server is down", { server: "down" }],
    ["where the dump fails at its end", { dumpEnds: 1 }],
    ["where the dump is cut off", { dump: "wh" }],
    ["where the dump misses a table", { list: list.replace(/^217.*$/m, "") }],
    ["where the dump has another table in its place", { list: list.replace("16400", "16401") }],
    ["where the dump can't be read to its end", { readEnds: 1 }],
  ] as const)("%s", (_, machine) => {
    const { status, stderr } = drop(modes[mode], machine);
    expect(status).not.toBe(0);
    expect(stderr).toContain("the database of shop was not saved");
    expect(stderr).toContain(`sudo install -D -m 0600 /dev/null ${join(dropped(), "shop.unsaved")}`);
    expect(done()).not.toMatch(destruction);
    expect(dumps().filter((file) => file.endsWith(".dump"))).toEqual([]);
  });

  it("unless a person has said on the machine that it may go unsaved", () => {
    mkdirSync(dropped(), { recursive: true });
    writeFileSync(join(dropped(), "shop.unsaved"), "");
    const { status, stdout } = drop(modes[mode], { dumpEnds: 1 });
    expect([status, stdout]).toEqual([0, expect.stringContaining("goes without a last dump")]);
    expect(dumps()).toEqual([]);
    if (mode !== "managed, made by the API") expect(done()).toMatch(destruction);
  });
});

it.each(all)("dumps nothing of mode %s that has neither tables nor large objects", (mode) => {
  expect(drop(modes[mode], { contents: "" }).status).toBe(0);
  expect(dumps()).toEqual([]);
  rmSync(log, { force: true });
  drop(modes[mode], { contents: "objects", list: "" });
  expect(dumps()).toHaveLength(1);
});

it.each(["host", "container"] as const)("starts the server of mode %s to save what is in it", (mode) => {
  expect(drop(modes[mode], { server: "started" }).status).toBe(0);
  expect(done()).toMatch(mode === "host" ? /systemctl start postgresql@17-main/ : /docker start/);
  expect(dumps()).toHaveLength(1);
});

it("makes a container that is gone anew to save what is in the volume", () => {
  expect(drop(modes.container, { container: false, server: "started" })).toMatchObject({ status: 0, stderr: "" });
  expect(done()).toMatch(/docker create\ndocker start\n.*volume rm/s);
  expect(dumps()).toHaveLength(1);
});

it("keeps the volume while the engine can't tell whether there is one", () => {
  expect(drop(modes.container, { engine: false }).status).not.toBe(0);
  expect(drop(containerScript({ ...order, lastDump: false }), { engine: false }).status).not.toBe(0);
});

it("drops what was never there", () => {
  expect(drop(modes.host, { exists: false }).status).toBe(0);
  expect(drop(modes.container, { container: false, volume: false, server: "down" }).status).toBe(0);
  expect(dumps()).toEqual([]);
});

it("asks nothing of what is thrown away, i.e. a preview's", () => {
  expect(drop(containerScript({ ...order, lastDump: false }), { server: "down" }).status).toBe(0);
  expect(done()).toMatch(destruction);
});

it("has scripts that are whole for Bash", () => {
  for (const script of Object.values(modes)) execFileSync("bash", ["-n"], { input: script });
});
