/**
 * What is run before a dump is read back: everything the role owns goes, and nothing else. `DROP OWNED BY` would take away what others
 * have granted to the role, its right to connect included, and `pg_restore --clean` would leave what later migrations have made.
 */

/** The catalogs whose rows have an owner, with the column that says so (PostgreSQL 17's manual, "System Catalogs"). */
const OWNED: readonly (readonly [catalog: string, owner: string])[] = [
  ["pg_type", "typowner"],
  ["pg_proc", "proowner"],
  ["pg_operator", "oprowner"],
  ["pg_opclass", "opcowner"],
  ["pg_opfamily", "opfowner"],
  ["pg_collation", "collowner"],
  ["pg_conversion", "conowner"],
  ["pg_ts_config", "cfgowner"],
  ["pg_ts_dict", "dictowner"],
  ["pg_statistic_ext", "stxowner"],
  ["pg_publication", "pubowner"],
  ["pg_foreign_server", "srvowner"],
  ["pg_foreign_data_wrapper", "fdwowner"],
  ["pg_event_trigger", "evtowner"],
  ["pg_language", "lanowner"],
  ["pg_extension", "extowner"],
];

/** Object ids below belong to Postgres itself (`FirstNormalObjectId` in its source). */
const FIRST = 16_384;

/** What of a dump is read back. Entries are told by their numbers in its list: names stay in the dump. */
export interface RestoreOrder {
  /** Entries that are read back, in their order. */
  readonly entries: readonly number[];
  /** The same with the indexes before the rows; see `readBack` in `postgres.ts`. */
  readonly indexesFirst: readonly number[];
  /** Entries that make the schemas of the role's; `public` may be among them. */
  readonly schemas: readonly number[];
  /** Entries that others have to make before: their schemas, and extensions. */
  readonly ofOthers: readonly number[];
  /** Whether the dump has tables, and none of them is the role's. */
  readonly isForeign: boolean;
}

/**
 * Chooses from the list of a dump what a role may read back: what is its own, and what has no owner. What other roles own in the same
 * database stays as it is, so it isn't made again. Comments on extensions and on `public` belong to those who made them.
 */
export function restoreOrder(list: readonly string[], role: string): RestoreOrder {
  // The list shows line ends within names as blanks.
  const owner = ` ${role.replace(/[\r\n]/g, " ")}`;
  const lines = list.flatMap((line) => {
    const [, number, catalog, rest = ""] = /^(\d+); (\d+) \d+ (.*)$/.exec(line) ?? [];
    return number === undefined
      ? []
      : [{ number: Number(number), catalog, rest, isOwn: rest.endsWith(owner), isNobodys: rest.endsWith(" ") }];
  });
  const isTable = ({ rest }: { rest: string }) => /^TABLE (?!DATA |ATTACH )/.test(rest);
  const isSchema = ({ catalog, rest }: { catalog?: string | undefined; rest: string }) =>
    catalog === SCHEMAS && rest.startsWith("SCHEMA - ");
  const chosen = lines.filter(
    (line) =>
      (line.isOwn || line.isNobodys) &&
      !(line.isOwn && isSchema(line)) &&
      !/^COMMENT - (EXTENSION|SCHEMA public) /.test(line.rest),
  );
  const isIndex = ({ rest }: { rest: string }) => /^(INDEX|INDEX ATTACH|CONSTRAINT) /.test(rest);
  const rows = chosen.findIndex(({ rest }) => rest.startsWith("TABLE DATA "));
  const before = rows < 0 ? chosen : chosen.slice(0, rows);
  const after = rows < 0 ? [] : chosen.slice(rows);
  const numbers = (some: readonly { number: number }[]) => some.map(({ number }) => number);
  return {
    entries: numbers(chosen),
    indexesFirst: numbers([...before, ...after.filter(isIndex), ...after.filter((line) => !isIndex(line))]),
    schemas: numbers(lines.filter((line) => line.isOwn && isSchema(line))),
    ofOthers: numbers(lines.filter((line) => (isSchema(line) && !line.isOwn) || line.catalog === EXTENSIONS)),
    isForeign: lines.some(isTable) && !lines.some((line) => isTable(line) && line.isOwn),
  };
}

/** Catalogs of schemas and of extensions, by their numbers. */
const SCHEMAS = "2615";
/** @see SCHEMAS */
const EXTENSIONS = "3079";

/** The session looks nowhere but into Postgres's own catalog, whatever the role's or the database's own settings say. */
export const CATALOG_ONLY = "SET search_path = pg_catalog, pg_temp;\n";

/** SQL that ends the role's other sessions; this program's own stay. */
export const END_SESSIONS = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid() AND application_name !~ '^slipway( |$)';
`;

/**
 * SQL that drops everything the role owns in the database but the schemas that the dump holds, and makes those that are missing. Others'
 * tables and views are never dropped along: it fails if any depends on what goes.
 * @param schemas names, in the encoding of that name; they stand in the text by their bytes in hexadecimal, so that none of their
 *   characters is ever read as SQL or as a command of psql
 */
export function clearingSql(schemas: readonly Buffer[], encoding: string): string {
  const hex = literal(schemas.map((name) => name.toString("hex")).join(" "));
  const kept = `ARRAY(SELECT convert_from(decode(name, 'hex'), ${literal(encoding)}) FROM regexp_split_to_table(${hex}, ' ') AS name WHERE name <> '')`;
  const rows = OWNED.map(
    ([catalog, owner]) =>
      `SELECT 2, '${catalog}'::regclass, oid FROM ${catalog} WHERE ${owner} = me AND oid >= ${FIRST}`,
  ).join("\n      UNION ALL ");
  return `SET LOCAL lock_timeout = '30s';
SET LOCAL client_min_messages = warning;
DO $clear$
DECLARE
  me oid := (SELECT oid FROM pg_roles WHERE rolname = current_user);
  one record;
  what record;
  others oid[];
  names text[];
  lost text;
  kept text[] := ${kept};
BEGIN
  SELECT array_agg(c.oid), array_agg(c.oid::regclass::text) INTO others, names FROM pg_class c
    WHERE c.relowner <> me AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.oid >= ${FIRST}
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e');
  FOR one IN
    SELECT * FROM (
      SELECT CASE WHEN relkind IN ('r', 'p', 'f') THEN 0 ELSE 1 END AS rank, 'pg_class'::regclass AS classid, oid AS objid
        FROM pg_class WHERE relowner = me AND oid >= ${FIRST} AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND relpersistence <> 't'
      UNION ALL ${rows}
      UNION ALL SELECT 3, 'pg_largeobject'::regclass, oid FROM pg_largeobject_metadata WHERE lomowner = me
    ) AS owned
    WHERE NOT EXISTS (
      SELECT FROM pg_depend d WHERE d.classid = owned.classid AND d.objid = owned.objid AND d.objsubid = 0 AND d.deptype IN ('e', 'i')
    )
    ORDER BY rank, objid
  LOOP
    SELECT * INTO what FROM pg_identify_object(one.classid, one.objid, 0);
    CONTINUE WHEN what.identity IS NULL;
    IF one.rank = 3 THEN
      PERFORM lo_unlink(one.objid);
    ELSE
      EXECUTE format('DROP %s %s CASCADE',
        replace(replace(what.type, 'statistics object', 'statistics'), 'foreign-data', 'foreign data'), what.identity);
    END IF;
  END LOOP;
  FOR one IN SELECT nspname FROM pg_namespace
    WHERE nspowner = me AND oid >= ${FIRST} AND nspname <> 'public' AND nspname !~ '^pg_' AND nspname <> ALL (kept)
  LOOP
    BEGIN
      EXECUTE format('DROP SCHEMA %I', one.nspname);
    EXCEPTION WHEN dependent_objects_still_exist THEN
      NULL;
    END;
  END LOOP;
  SELECT string_agg(o.name, ', ') INTO lost FROM unnest(others, names) AS o (id, name)
    WHERE NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = o.id);
  IF lost IS NOT NULL THEN
    RAISE EXCEPTION 'what other roles own depends on what would be replaced: %', lost
      USING HINT = 'Drop it first and make it again afterwards.';
  END IF;
  FOR one IN SELECT name FROM unnest(kept) AS name WHERE to_regnamespace(quote_ident(name)) IS NULL LOOP
    EXECUTE format('CREATE SCHEMA %I', one.name);
  END LOOP;
END
$clear$;
`;
}

/**
 * SQL that has the session find what the app finds, since functions in indexes, generated columns and checks are run while rows are read
 * back: first what was found where the dump was made, then what the role finds here.
 * @param path search path of the role where the dump was made, where that is known
 */
export function searchPathSql(path: string | undefined): string {
  const hex = literal(Buffer.from(path ?? "").toString("hex"));
  const found = `concat_ws(', ', nullif(convert_from(decode(${hex}, 'hex'), 'UTF8'), ''), nullif(reset_val, ''))`;
  // Without being named there, the catalog comes first: what the dump itself says of it is meant so.
  return `SELECT set_config('search_path', CASE WHEN ${found} ~ 'pg_catalog' THEN 'pg_catalog, ' ELSE '' END || ${found}, false)
FROM pg_settings WHERE name = 'search_path';
`;
}

/**
 * SQL that has the role find from now on, in this database, what the dump's owner found in its own, where it would find something else.
 * @param path search path of the owner, its own name said out
 */
export function keepPathSql(owner: string, path: string): string {
  const text = (value: string) => `convert_from(decode(${literal(Buffer.from(value).toString("hex"))}, 'hex'), 'UTF8')`;
  return `${CATALOG_ONLY}DO $keep$
BEGIN
  IF ${text(path)} <> (SELECT replace(reset_val, '"$user"', quote_ident(${text(owner)})) FROM pg_settings WHERE name = 'search_path') THEN
    PERFORM set_config('search_path', ${text(path)}, true);
    EXECUTE format('ALTER ROLE CURRENT_USER IN DATABASE %I SET search_path FROM CURRENT', current_database());
  END IF;
END
$keep$;
`;
}

/** Limits of time that end no restore, as far as the server knows them (`transaction_timeout` came with PostgreSQL 17). */
export const NO_LIMITS = `SELECT set_config(name, '0', false) FROM pg_settings
WHERE name IN ('statement_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout');
`;

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
