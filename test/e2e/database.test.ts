/** What a release does to the app's database, and the way back, on a machine of the sandbox. */
import { rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { hostDatabaseAddress, hostDatabaseScript } from "../../infra/database/hostPostgres";
import { dropNamedScript } from "../../infra/database/ownership";
import { remarkOf } from "../../infra/mark";
import { ask, askConstantly, TestStack } from "./support/stack";

const stack = new TestStack(1);
let url = "";

beforeAll(async () => {
  await stack.verb("down");
  url = (await stack.up()).url;
});
afterAll(() => stack.remove());

const release = async () => Number(/id="release">(\d+)</.exec((await ask(url)).body)?.[1]);

/** Runs SQL as the app's role does; one line for each row. */
async function sql(...statements: string[]): Promise<string> {
  const asApp = `. /var/lib/slipway/apps/notes/releases/1/env; export PGPASSWORD="$DB_PASSWORD"; exec psql -h 127.0.0.1 -U "$DB_USER" -XqAt "$@"`;
  return stack.onMachine("bash", "-c", asApp, "psql", "notes", ...statements.flatMap((one) => ["-c", one]));
}

const tables = async () =>
  (await sql("SELECT relname FROM pg_class WHERE relname IN ('later', 'board_note') ORDER BY 1")).split("\n");
const snapshots = async () =>
  (
    JSON.parse(await stack.onMachine("slipway", "restore", "notes", "--list", "--json")) as {
      snapshots: { id: string }[];
    }
  ).snapshots.map(({ id }) => id);

function migration(name: string, after: string, statement: string): string {
  const path = `${stack.app}/board/migrations/${name}.py`;
  writeFileSync(
    path,
    `from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    dependencies = [("board", "${after}")]\n    operations = [migrations.RunSQL("${statement}")]\n`,
  );
  return path;
}

it("saves the database before a migration, readable by root alone", async () => {
  await sql("INSERT INTO board_note (text, written) SELECT 'row ' || g, now() FROM generate_series(1, 300) g");
  migration("0002_later", "0001_initial", "CREATE TABLE later (id int); DELETE FROM board_note WHERE id > 100");
  const { exitCode, all } = await stack.verb("up");
  expect(exitCode, all).toBe(0);
  expect(all).toContain("restore with: sudo slipway restore notes 2");
  expect(await sql("SELECT count(*) FROM board_note")).toBe("100");
  expect(await tables()).toEqual(["board_note", "later"]);
  expect(await stack.onMachine("stat", "-c", "%a %U", "/var/lib/slipway/apps/notes/snapshots/2.dump")).toBe("600 root");
  expect(await snapshots()).toEqual(["2"]);
});

it("says first what a restore would do, and does nothing", async () => {
  expect(await stack.onMachine("slipway", "restore", "notes", "2")).toContain(
    "nothing is done yet; to do it: sudo slipway restore notes 2 --yes",
  );
  expect(await tables()).toEqual(["board_note", "later"]);
});

it("brings rows and schema back, and leaves no table of a later migration", async () => {
  expect(await stack.onMachine("slipway", "restore", "notes", "2", "--yes")).toContain(
    "go back to the code of that time",
  );
  expect(await sql("SELECT count(*), max(text) FROM board_note")).toBe("300|row 99");
  expect(await tables()).toEqual(["board_note"]);
  expect((await ask(url)).status).toBe(200);
  expect(await snapshots()).toEqual(["before-restore-1", "2"]);
});

it("undoes a restore by another one", async () => {
  await stack.onMachine("slipway", "restore", "notes", "before-restore-1", "--yes");
  expect(await sql("SELECT count(*) FROM board_note")).toBe("100");
  expect(await tables()).toEqual(["board_note", "later"]);
});

it("finishes by itself a restore whose engine is killed between stop and start, and the app is open again", async () => {
  const hold = "/run/slipway/hold";
  const told = await stack.onMachine(
    "bash",
    "-c",
    `echo 'start again' > ${hold}
     slipway restore notes 2 --yes > /root/told 2>&1 &
     timeout 50 bash -c 'until grep -q "is held before «start again»" /root/told; do sleep 0.1; done'
     pkill -KILL -f '^/usr/bin/node /usr/local/lib/slipway/slipway.js restore'; rm ${hold}; wait; cat /root/told`,
  );
  expect(told).toContain("✓ restore");
  expect(told).not.toContain("✓ start again");
  const end = Date.now() + 30_000;
  while ((await ask(url)).status !== 200 && Date.now() < end) await sleep(250);
  expect((await ask(url)).status).toBe(200);
  expect(await stack.onMachine("slipway", "repair", "notes")).toBe("nothing to mend");
  expect(await sql("SELECT count(*) FROM board_note")).toBe("300");
  const { restores } = JSON.parse(await stack.onMachine("slipway", "restore", "notes", "--list", "--json")) as {
    restores: { result: string; before: string; reason?: string }[];
  };
  expect(restores.at(-1)).toMatchObject({ result: "restored", reason: expect.stringContaining("it was cut off") });
  await stack.onMachine("slipway", "restore", "notes", restores.at(-1)?.before ?? "", "--yes");
  expect(await sql("SELECT count(*) FROM board_note")).toBe("100");
});

it("changes nothing when the dump is spoilt, and the app serves again", async () => {
  const dump = "/var/lib/slipway/apps/notes/snapshots/2.dump";
  await stack.onMachine("bash", "-c", `cp -p ${dump} /root/whole && truncate -s -9 ${dump}`);
  await expect(stack.onMachine("slipway", "restore", "notes", "2", "--yes")).rejects.toThrow(
    /is not what was written then[\s\S]*the database is as it was before/,
  );
  await stack.onMachine("mv", "/root/whole", dump);
  expect(await sql("SELECT count(*) FROM board_note")).toBe("100");
  expect((await ask(url)).status).toBe(200);
});

it("gives up on a migration that waits for someone's lock, and says so, while the old release serves", async () => {
  const path = migration("0003_waits", "0002_later", "ALTER TABLE board_note ADD COLUMN waits int");
  stack.configure((settings) => settings.setIn(["config", "slipway:apps", "notes", "limits", "lock"], 2));
  const holder = sql("BEGIN; LOCK TABLE board_note IN ACCESS SHARE MODE; SELECT pg_sleep(600)").catch(() => "");
  const load = askConstantly(url);
  const { exitCode, all } = await stack.verb("up");
  const { failures } = await load.stop();
  await sql(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)' AND pid <> pg_backend_pid()",
  );
  await holder;
  expect(exitCode).toBe(1);
  expect(all).toContain("another session of the database held a lock it needs for longer than 2 s (limits.lock");
  expect(all).toContain("sudo slipway restore notes 3");
  expect(failures).toEqual([]);
  expect(await release()).toBe(2);
  rmSync(path);
});

it("keeps two from migrating the same database at once, and names the holder", async () => {
  const holder = sql(
    "SET application_name = 'slipway notes'",
    "SELECT pg_advisory_lock(hashtextextended('slipway:notes', 0))",
    "SELECT pg_sleep(601)",
  ).catch(() => "");
  await sleep(1_000);
  stack.edit("board/templates/board/board.html", (text) => text.replace("<h1>Notes</h1>", "<h1>Held notes</h1>"));
  const held = await stack.verb("up");
  expect(held.exitCode).toBe(1);
  expect(held.all).toMatch(
    /the lock «slipway:notes» was not free within 2 s: slipway notes, from 127\.0\.0\.1, since .* holds it/,
  );
  await sql(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(601)' AND pid <> pg_backend_pid()",
  );
  await holder;
  await stack.up();
  expect((await ask(url)).body).toContain("Held notes");
});

it("reads names in a dump as names alone, and finds what the app finds, by programs without rights", async () => {
  const at = "/root/pwned";
  await sql(
    `CREATE SCHEMA "$clear$ \\! id > ${at} #"`,
    `CREATE TABLE "$clear$ \\! id > ${at} #"."a\n\\! id > ${at}\nb" (x int)`,
    "CREATE EXTENSION unaccent",
    "CREATE FUNCTION plain(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT unaccent($1)'",
    "CREATE TABLE word (said text, plain text GENERATED ALWAYS AS (public.plain(said)) STORED)",
    "CREATE INDEX ON word (public.plain(said))",
    "INSERT INTO word VALUES ('é'), ('ô')",
  );
  const watched = await stack.onMachine(
    "bash",
    "-c",
    `(slipway restore notes 2 --yes && last=$(ls -t /var/lib/slipway/apps/notes/snapshots/before-restore-*.dump | head -n 1) &&
       slipway restore notes $(basename $last .dump) --yes) >/root/said 2>&1 & users=
     while kill -0 $! 2>/dev/null; do
       users+=$(ps axww -o user:32= -o comm= | awk '$2 ~ /^(psql|pg_dump|pg_restore)$/ { print $1 }')$'\n'
     done
     wait $! || cat /root/said
     echo "by:" $(sort -u <<<"$users")`,
  );
  expect(watched).toBe("by: slipway-postgres");
  expect(await sql("SELECT string_agg(plain, '' ORDER BY plain) FROM word")).toBe("eo");
  expect(await sql("SELECT count(*) FROM pg_class WHERE relname LIKE 'a%pwned%b'")).toBe("1");
  await expect(stack.onMachine("stat", at)).rejects.toThrow();
});

it("never shows the password to whoever lists the programs", async () => {
  const found = await stack.onMachine(
    "bash",
    "-c",
    `. /var/lib/slipway/apps/notes/releases/1/env
     slipway restore notes before-restore-1 --yes >/dev/null & seen= psql=
     while kill -0 $! 2>/dev/null; do
       all=$(ps axww -o args)
       [[ $all != *psql* ]] || psql=yes
       [[ $all != *"$DB_PASSWORD"* ]] || seen=yes
     done
     echo "psql seen: \${psql:-no}, password seen: \${seen:-no}"`,
  );
  expect(found).toBe("psql seen: yes, password seen: no");
});

const remark = (mark: string) => remarkOf({ stack: "acme/prod", mark });
const owner = remark("aaaaaaaaaaaa");
const other = remark("bbbbbbbbbbbb");
/** Runs what a stack does for its app `crm`, and says which of the two are there: the database, the role. */
async function crm(arm: "make" | "adopt" | "drop", as = owner): Promise<string> {
  const script = hostDatabaseScript("crm", hostDatabaseAddress("crm"), "secret", { remark: as });
  await stack.onMachine("bash", "-euo", "pipefail", "-c", script, "bash", arm);
  return left();
}
const asPostgres = (...statements: string[]) =>
  stack.onMachine(
    "sudo",
    "-u",
    "postgres",
    "psql",
    "-XqAt",
    "-d",
    "postgres",
    ...statements.flatMap((one) => ["-c", one]),
  );
const left = () =>
  asPostgres(
    "SELECT (SELECT count(*) FROM pg_database WHERE datname = 'crm') || '-' || (SELECT count(*) FROM pg_roles WHERE rolname = 'crm')",
  );
const byHand = () => asPostgres("CREATE ROLE crm LOGIN", "CREATE DATABASE crm OWNER crm");
const away = () => asPostgres("DROP DATABASE IF EXISTS crm", "DROP ROLE IF EXISTS crm");

it.each([
  ["its own", async () => crm("make"), owner, "0-0"],
  [
    "its own, made anew and again",
    async () => [await crm("make"), await crm("adopt"), await crm("make")],
    owner,
    "0-0",
  ],
  ["what an older version of it made", async () => [await byHand(), await crm("adopt")], owner, "0-0"],
  [
    "what a run was killed at",
    async () => [await byHand(), await asPostgres(`COMMENT ON ROLE crm IS '${owner} makes its database'`)],
    owner,
    "0-0",
  ],
  ["nothing of another state's", async () => crm("make", other), owner, "1-1"],
  [
    "nothing that was there before, however often it is brought up",
    async () => [await byHand(), await crm("make"), await crm("adopt")],
    owner,
    "1-1",
  ],
  [
    "a role of its own, and no database that was there before",
    async () => [await asPostgres("CREATE DATABASE crm"), await crm("make")],
    owner,
    "1-1",
  ],
])("a stack that goes takes along %s", async (_, prepare, as, expected) => {
  await prepare();
  expect(await crm("drop", as)).toBe(expected);
  await away();
  expect(await asPostgres("SELECT count(*) FROM pg_database WHERE datname = 'notes'")).toBe("1");
});

it.each([
  `x"; DROP DATABASE notes; --`,
  "it's $(touch /root/pwned)",
  "dbname=notes",
  "postgres://h/notes",
  "\\! touch /root/pwned\n",
  ":name",
  "-dnotes",
  "é'\"$clear$",
])("a database that a person has removed by its name is that one, whatever its name means elsewhere: %j", async (name) => {
  await stack.onMachine("sudo", "-u", "postgres", "createdb", "--", name);
  const drop = (...words: string[]) =>
    stack.onMachine("bash", "-euo", "pipefail", "-c", dropNamedScript, "bash", ...words);
  await expect(drop(name, owner)).rejects.toThrow("doesn't bear the mark");
  expect(await drop(name, "")).toContain("the last dump of database");
  expect(await stack.onMachine("sh", "-c", "ls /root/pwned 2>/dev/null; true")).toBe("");
  const names = (await asPostgres("SELECT datname FROM pg_database ORDER BY 1")).split("\n");
  expect(names).toEqual(["notes", "postgres", "template0", "template1"]);
});
