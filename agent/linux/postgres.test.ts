/** Against a real Postgres: an app has put into its database whatever a role may put there. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { nobody, startPostgres, type TestServer } from "../../test/support/postgres";
import { SCRATCH } from "../paths";
import { linuxDatabase } from "./postgres";

// As on a host, but for the user: one of our own would stay on the machine of whoever runs the tests.
vi.mock("../paths", async (original) => ({
  ...(await original<object>()),
  SCRATCH: `${tmpdir()}/slipway-scratch-${process.pid}`,
}));
vi.mock("./unprivileged", async (original) => ({ ...(await original<object>()), unprivileged: async () => nobody }));

let server: TestServer;
let folder: string;
let dump: string;
let number = 0;
let shop: string;
const path = process.env.PATH;

beforeAll(() => {
  server = startPostgres();
}, 60_000);
afterAll(() => {
  server.stop();
  rmSync(SCRATCH, { recursive: true, force: true });
}, 60_000);

/** A database and a role of its own for each test. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-"));
  dump = join(folder, "1.dump");
  shop = `shop_${++number}`;
  makeDatabase(shop);
});
afterEach(() => {
  process.env.PATH = path;
  rmSync(folder, { recursive: true });
});

function makeDatabase(name: string, owner = name): void {
  server.sql("postgres", `CREATE ROLE ${ident(owner)} LOGIN;\nCREATE DATABASE ${ident(name)} OWNER ${ident(owner)};`);
}

const ident = (name: string) => `"${name.replaceAll('"', '""')}"`;
const literal = (text: string) => `E'${text.replaceAll("\\", "\\\\").replaceAll("'", "''").replaceAll("\n", "\\n")}'`;
const url = () => server.url(shop, shop);
const own = (sql: string) => server.sql(shop, sql, shop);

/** Names that mean something to psql, to Postgres, to `pg_restore`, to a shell, or to whoever reads their lists. */
const hostile = (pwned: string): readonly string[] => [
  `$clear$ \\! touch ${pwned} #`,
  `\\! touch ${pwned}`,
  `a\n\\! touch ${pwned}\nb`,
  `"; \\! touch ${pwned}\n--`,
  `x\n\\.\n\\! touch ${pwned}\n`,
  `\\unrestrict x\n\\! touch ${pwned}`,
  `$$ \`touch ${pwned}\` $(touch ${pwned})`,
  `it's "quoted" ''""`,
  `'; DROP SCHEMA public CASCADE; --`,
  "/* open",
  "-- comment",
  "1 COMMENT - EXTENSION x",
  "TABLE DATA y",
  ":name :'name' %s %I $1",
  "tab\there",
  "CASE",
  "é".repeat(31),
  "x".repeat(63),
  "日本語",
];

/** Everything a role can name, named so. */
function everything(name: string): string {
  const n = ident(name);
  const at = `${n}.${n}`;
  return `CREATE SCHEMA ${n};
COMMENT ON SCHEMA ${n} IS ${literal(name)};
CREATE TYPE ${n}.${ident(`${name.slice(0, 20)}_e`)} AS ENUM (${literal(name)});
CREATE DOMAIN ${n}.${ident(`${name.slice(0, 20)}_d`)} AS text CONSTRAINT ${n} CHECK (VALUE <> ${literal(`not ${name}`)});
CREATE SEQUENCE ${n}.${ident(`${name.slice(0, 20)}_s`)};
SELECT nextval(${literal(`${n}.${ident(`${name.slice(0, 20)}_s`)}`)}::regclass);
CREATE FUNCTION ${at}(text) RETURNS text LANGUAGE sql IMMUTABLE AS ${literal(`SELECT $1 || ${literal(name)}`)};
CREATE TABLE ${at} (id bigint GENERATED ALWAYS AS IDENTITY, ${n} text DEFAULT ${literal(name)}, CONSTRAINT ${ident(`${name.slice(0, 20)}_k`)} PRIMARY KEY (${n}), CONSTRAINT ${n} CHECK (${n} <> ''));
COMMENT ON TABLE ${at} IS ${literal(name)};
COMMENT ON COLUMN ${at}.${n} IS ${literal(name)};
CREATE INDEX ON ${at} (${at}(${n}));
INSERT INTO ${at} (${n}) VALUES (${literal(name)}), (${literal(`\\.\n${name}`)});
CREATE VIEW ${n}.${ident(`${name.slice(0, 20)}_v`)} AS SELECT ${n} FROM ${at};
CREATE MATERIALIZED VIEW ${n}.${ident(`${name.slice(0, 20)}_m`)} AS SELECT ${n} FROM ${at};
CREATE FUNCTION ${n}.${ident(`${name.slice(0, 20)}_t`)}() RETURNS trigger LANGUAGE plpgsql AS ${literal(`BEGIN RETURN NEW; END -- ${name.replaceAll("\n", " ")}`)};
CREATE TRIGGER ${n} BEFORE INSERT ON ${at} FOR EACH ROW EXECUTE FUNCTION ${n}.${ident(`${name.slice(0, 20)}_t`)}();
CREATE POLICY ${n} ON ${at} USING (${n} <> ${literal(name)});
CREATE STATISTICS ${n}.${ident(`${name.slice(0, 20)}_x`)} ON id, ${n} FROM ${at};
COMMENT ON CONSTRAINT ${n} ON ${at} IS ${literal(name)};
`;
}

/** All that is in a database, in words that don't depend on when it was made. */
const STATE = `SET search_path = pg_catalog;
SELECT string_agg(line, E'\\n' ORDER BY line) FROM (
  SELECT format('%s %s %s %s', i.type, i.identity, pg_get_userbyid(c.relowner), obj_description(c.oid, 'pg_class')) AS line
    FROM pg_class c, pg_identify_object('pg_class'::regclass, c.oid, 0) i WHERE c.oid >= 16384 AND c.relnamespace <> 'pg_toast'::regnamespace
  UNION ALL SELECT format('schema %I %s', nspname, obj_description(oid, 'pg_namespace')) FROM pg_namespace WHERE oid >= 16384 AND nspname !~ '^pg_'
  UNION ALL SELECT format('%s %s', i.identity, prosrc) FROM pg_proc p, pg_identify_object('pg_proc'::regclass, p.oid, 0) i WHERE p.oid >= 16384
  UNION ALL SELECT format('column %s %I %s', attrelid::regclass, attname, col_description(attrelid, attnum)) FROM pg_attribute
    WHERE attrelid >= 16384 AND attnum > 0 AND NOT attisdropped AND attrelid::regclass::text !~ 'pg_toast'
  UNION ALL SELECT format('%s %s', i.identity, pg_get_constraintdef(k.oid)) FROM pg_constraint k, pg_identify_object('pg_constraint'::regclass, k.oid, 0) i WHERE k.oid >= 16384
  UNION ALL SELECT format('%s %s', i.identity, i.type) FROM pg_trigger t, pg_identify_object('pg_trigger'::regclass, t.oid, 0) i WHERE t.oid >= 16384
  UNION ALL SELECT format('label %L', enumlabel) FROM pg_enum WHERE oid >= 16384
  UNION ALL SELECT format('policy %I', polname) FROM pg_policy
  UNION ALL SELECT format('extension %I %s', extname, extnamespace::regnamespace) FROM pg_extension
  UNION ALL SELECT format('large object %s', convert_from(lo_get(oid), 'UTF8')) FROM pg_largeobject_metadata
) AS lines`;

describe("a role's names", () => {
  test("are only names in a dump, a restore and a copy", async () => {
    const pwned = join(server.folder, "pwned");
    const names = hostile(pwned).map((name) => Buffer.from(name).subarray(0, 63).toString("utf8"));
    own(
      names
        .map((name) => `${everything(name)}SELECT lo_from_bytea(0, convert_to(${literal(name)}, 'UTF8'));`)
        .join("\n"),
    );
    const before = { state: own(STATE), counts: await linuxDatabase.counts(url()) };
    expect(Object.values(before.counts).filter((count) => count === "2")).toHaveLength(names.length);
    const size = await linuxDatabase.dump(url(), dump);
    expect([statSync(dump).size, statSync(dump).mode & 0o777]).toEqual([size, 0o600]);

    own(names.map((name) => `DROP TABLE ${ident(name)}.${ident(name)} CASCADE;`).join("\n"));
    own(`DROP SCHEMA ${ident(names[0] ?? "")} CASCADE; CREATE SCHEMA later; CREATE TABLE later.later ();`);
    await linuxDatabase.restore(url(), dump);
    expect(own(STATE)).toBe(before.state);
    expect(await linuxDatabase.counts(url())).toEqual(before.counts);

    const copy = `copy_${shop}`;
    makeDatabase(copy);
    const searchPath = ident(names[2] ?? "");
    await linuxDatabase.restore(server.url(copy, copy), dump, { owner: shop, after: "SELECT 1", searchPath });
    expect(await linuxDatabase.counts(server.url(copy, copy))).toEqual(before.counts);
    expect(server.sql(copy, STATE, copy).replaceAll(copy, shop)).toBe(before.state);
    expect(existsSync(pwned)).toBe(false);
  });

  test("may be those of role and database", async () => {
    for (const name of [`it's "$clear$ \\! id"`, "a b\n\\restrict x"]) {
      makeDatabase(name);
      const to = server.url(name, name);
      server.sql(name, "CREATE TABLE t (x int); INSERT INTO t VALUES (1)", name);
      rmSync(dump, { force: true });
      await linuxDatabase.dump(to, dump);
      server.sql(name, "DELETE FROM t", name);
      await linuxDatabase.restore(to, dump, { searchPath: (await linuxDatabase.role(to)).searchPath });
      expect(await linuxDatabase.counts(to)).toEqual({ "table public.t": "1" });
      await (await linuxDatabase.lock(to, "slipway:shop", 1)).free();
    }
  });

  test("are told apart in counts, whatever is in them", async () => {
    const names = ['a\tb\n"c"', "a", "a\n"];
    for (const name of names) own(`CREATE TABLE ${ident(name)} (x int); CREATE SEQUENCE ${ident(`${name}s`)};`);
    expect(Object.keys(await linuxDatabase.counts(url()))).toHaveLength(2 * names.length);
  });
});

describe("Postgres's programs", () => {
  /** Puts a shell program in front of one of Postgres's. */
  function inFront(program: string, script: string): void {
    const at = join(server.folder, `bin-${number}`);
    rmSync(at, { recursive: true, force: true });
    mkdirSync(at, { recursive: true });
    writeFileSync(join(at, program), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    process.env.PATH = `${at}:${path}`;
  }

  test.each([
    "psql",
    "pg_dump",
    "pg_restore",
  ])("%s has no rights of this process, and sees nothing of it", async (program) => {
    process.env.OF_THE_ENGINE = "seen";
    own("CREATE TABLE t ()");
    if (program !== "pg_dump") await linuxDatabase.dump(url(), dump);
    const seen = join(server.folder, `seen-${number}`);
    const rights = "grep -E '^(Uid|Groups|CapEff|NoNewPrivs)' /proc/self/status";
    inFront(program, `(${rights}; env; pwd) >> ${seen}\nexec /usr/bin/${program} "$@"`);
    await (program === "pg_dump" ? linuxDatabase.dump(url(), dump) : linuxDatabase.restore(url(), dump));
    const said = readFileSync(seen, "utf8");
    const uid = nobody?.uid ?? process.getuid?.();
    expect(said).toContain(`Uid:\t${uid}\t${uid}`);
    expect(said).not.toContain("OF_THE_ENGINE");
    expect(said).toMatch(/^\/$/m);
    if (!nobody) return;
    expect(said).toMatch(/^NoNewPrivs:\t1$/m);
    expect(said).toMatch(/^CapEff:\t0+$/m);
    expect(said).toMatch(/^Groups:\s*$/m);
  });

  test("psql takes no command of its own from the first line of a restore to the last", async () => {
    own("CREATE TABLE t (); SELECT lo_create(0)");
    await linuxDatabase.dump(url(), dump);
    const seen = join(server.folder, `seen-${number}`);
    inFront("psql", `case "$*" in *-c*) exec /usr/bin/psql "$@";; esac\ntee ${seen} | /usr/bin/psql "$@"`);
    await linuxDatabase.restore(url(), dump, { after: "SELECT 1" });
    const lines = readFileSync(seen, "utf8").split("\n");
    expect(lines[0]).toMatch(/^\\restrict \w{32}$/);
    expect(lines.filter((line) => /^\\[^.]/.test(line))).toEqual([lines[0]]);
    expect(lines.filter((line) => line === "COMMIT;")).toHaveLength(1);
    await expect(linuxDatabase.restore(url(), dump, { after: "\\! id" })).rejects.toThrow("commands are restricted");
  });

  test("a psql that can't restrict itself changes nothing", async () => {
    own("CREATE TABLE t (); CREATE TABLE u ()");
    await linuxDatabase.dump(url(), dump);
    own("DROP TABLE u");
    inFront(
      "psql",
      `case "$*" in *-c*) exec /usr/bin/psql "$@";; esac\nsed 's/^.restrict/\\\\unknown/' | /usr/bin/psql "$@"`,
    );
    await expect(linuxDatabase.restore(url(), dump)).rejects.toThrow("invalid command \\unknown");
    expect(own("SELECT count(*) FROM pg_class WHERE relname = 'u'")).toBe("0");
  });

  test("one that is missing is named", async () => {
    process.env.PATH = "/nonexistent:/usr/bin";
    inFront("psql", "exit 127");
    await expect(linuxDatabase.size(url())).rejects.toThrow("psql is not installed on this host");
  });
});

describe("a restore", () => {
  test("finds what the app finds: functions in indexes, generated columns, checks and views name things without their schema", async () => {
    server.sql(shop, `ALTER ROLE ${shop} IN DATABASE ${shop} SET search_path = app, ext`);
    own(`CREATE SCHEMA app; CREATE SCHEMA ext; CREATE EXTENSION unaccent SCHEMA ext;
CREATE FUNCTION app.plain(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT unaccent($1)';
CREATE FUNCTION app.is_plain(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN plain($1) IS NOT NULL; END';
CREATE DOMAIN app.checked AS text CHECK (VALUE IS NULL OR app.is_plain(VALUE));
CREATE TABLE app.note (name text CHECK (app.is_plain(name)), slug text GENERATED ALWAYS AS (app.plain(name)) STORED, also app.checked);
CREATE INDEX ON app.note (app.plain(name));
INSERT INTO app.note (name, also) VALUES ('é', 'é'), ('ô', NULL);
CREATE MATERIALIZED VIEW app.seen AS SELECT ext.unaccent(name) AS name FROM app.note;`);
    const { searchPath } = await linuxDatabase.role(url());
    expect(searchPath).toBe("app, ext");
    await linuxDatabase.dump(url(), dump);
    own("DELETE FROM app.note");
    await linuxDatabase.restore(url(), dump);
    expect(own("SELECT string_agg(slug, '' ORDER BY slug) FROM note")).toBe("eo");

    const copy = `copy_${shop}`;
    makeDatabase(copy);
    await linuxDatabase.restore(server.url(copy, copy), dump, { owner: shop, searchPath });
    expect(server.sql(copy, "SELECT count(*) FROM app.note JOIN app.seen ON slug = seen.name", copy)).toBe("2");
  });

  test("says the role's own schema by name, since another role reads it back", async () => {
    own(`CREATE SCHEMA ${shop}`);
    expect(await linuxDatabase.role(url())).toEqual({ role: shop, searchPath: `${shop}, public` });
    expect((await linuxDatabase.role(server.url(shop, shop, "-c search_path=pg_catalog,x"))).searchPath).toBe(
      "pg_catalog,x",
    );
  });

  test("takes the catalog's own where the app's path names it last", async () => {
    server.sql("postgres", `ALTER ROLE ${shop} SET search_path = app, pg_catalog`);
    own(`CREATE SCHEMA app; CREATE FUNCTION app.lower(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT upper($1)';
CREATE TABLE app.t (x text, low text GENERATED ALWAYS AS (pg_catalog.lower(x)) STORED); INSERT INTO app.t VALUES ('Aa')`);
    await linuxDatabase.dump(url(), dump);
    await linuxDatabase.restore(url(), dump);
    expect(own("SELECT low FROM app.t")).toBe("aa");
  });

  test("is whole or not at all, large objects and SQL of one's own included, and nobody sees it before that", async () => {
    own("CREATE TABLE t (x int); INSERT INTO t VALUES (1); SELECT lo_from_bytea(0, 'then')");
    await linuxDatabase.dump(url(), dump);
    own("DELETE FROM t; SELECT lo_unlink(oid) FROM pg_largeobject_metadata");
    const state = () => own("SELECT (SELECT count(*) FROM t), (SELECT count(*) FROM pg_largeobject_metadata)");
    for (const [after, why] of [
      ["SELECT 1/0", "division by zero"],
      ["SELECT 'open", /quote|unterminated/],
      ["SELECT 1 /* open", /comment/],
      ["\\! id", "restricted"],
    ] as const)
      await expect(linuxDatabase.restore(url(), dump, { after })).rejects.toThrow(why);
    expect(state()).toBe("0|0");
    await linuxDatabase.restore(url(), dump, { after: "UPDATE t SET x = 7" });
    expect([state(), own("SELECT x FROM t")]).toEqual(["1|1", "7"]);
  });

  test("of a dump that the role's own functions would lead astray reads nothing of theirs", async () => {
    own(`CREATE SCHEMA evil; CREATE TABLE t (x int);
CREATE VIEW evil.pg_class AS SELECT * FROM pg_catalog.pg_class WHERE false;
CREATE FUNCTION evil.format(text, VARIADIC text[]) RETURNS text LANGUAGE sql AS $$SELECT 'DROP SCHEMA public'$$;
CREATE FUNCTION evil.pg_identify_object(oid, oid, int, OUT type text, OUT schema text, OUT name text, OUT identity text) LANGUAGE sql AS $$SELECT 'schema', '', '', 'public'$$;
ALTER ROLE ${shop} SET search_path = evil, pg_catalog, public`);
    await linuxDatabase.dump(url(), dump);
    own("CREATE TABLE public.later ()");
    await linuxDatabase.restore(url(), dump);
    expect(server.sql(shop, "SELECT string_agg(relname, ' ') FROM pg_class WHERE relname IN ('t', 'later')")).toBe("t");
  });

  test("tells a dump that can't have all rows from one that has", async () => {
    own("CREATE TABLE t (x int); ALTER TABLE t ENABLE ROW LEVEL SECURITY; ALTER TABLE t FORCE ROW LEVEL SECURITY");
    await expect(linuxDatabase.dump(url(), dump)).rejects.toThrow(
      /policy for table "t"[\s\S]*FORCE ROW LEVEL SECURITY/,
    );
    expect(existsSync(dump)).toBe(false);
  });
});

describe("a dump that is tried", () => {
  const tried = async (searchPath?: string) => {
    await linuxDatabase.dump(url(), dump);
    return linuxDatabase.readBack(dump, {
      role: shop,
      searchPath: searchPath ?? (await linuxDatabase.role(url())).searchPath,
    });
  };

  test("reads back on a server of its own, hostile names, extensions in schemas of others' and all, and nothing is left of it", async () => {
    const pwned = join(server.folder, "pwned");
    server.sql(shop, `CREATE SCHEMA ext; CREATE EXTENSION unaccent SCHEMA ext; GRANT USAGE ON SCHEMA ext TO ${shop}`);
    server.sql(shop, `ALTER ROLE ${shop} SET search_path = public, ext`);
    own(`${hostile(pwned)
      .slice(0, 3)
      .map((name) => everything(Buffer.from(name).subarray(0, 63).toString("utf8")))
      .join("\n")}
CREATE FUNCTION plain(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT unaccent($1)';
CREATE TABLE word (said text, plain text GENERATED ALWAYS AS (plain(said)) STORED); INSERT INTO word VALUES ('é');`);
    const before = own(STATE);
    expect(await tried()).toEqual({ result: "ok" });
    expect(readdirSync(SCRATCH)).toEqual([]);
    expect(own(STATE)).toBe(before);
    expect(existsSync(pwned)).toBe(false);
  });

  test("says why it can't be read back", async () => {
    own(`CREATE TABLE z (id int); INSERT INTO z VALUES (1);
CREATE FUNCTION known(int) RETURNS boolean LANGUAGE sql AS 'SELECT EXISTS (SELECT FROM z WHERE id = $1)';
CREATE TABLE a (id int CHECK (known(id))); INSERT INTO a VALUES (1)`);
    expect(await tried()).toEqual({ result: "failed", reason: expect.stringContaining("violates check constraint") });
    expect(readdirSync(SCRATCH)).toEqual([]);
  });

  test("is not said to fail where this machine can't try it", async () => {
    own("CREATE TABLE t ()");
    await linuxDatabase.dump(url(), dump);
    const made = { role: "slipway_scratch_administrator", searchPath: "public" };
    await expect(linuxDatabase.readBack(dump, made)).rejects.toThrow("already exists");
    expect(readdirSync(SCRATCH)).toEqual([]);
  });
});
