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

/** What of a dump is read back. */
export interface RestoreOrder {
  /** Lines of `pg_restore --list` that are read back. */
  readonly list: readonly string[];
  /** Schemas of the role's that the dump holds; `public` is in none. */
  readonly schemas: readonly string[];
  /** Whether the dump has tables, and none of them is the role's. */
  readonly isForeign: boolean;
}

/**
 * Chooses from the list of a dump what a role may read back: what is its own, and what has no owner. What other roles own in the same
 * database stays as it is, so it isn't made again. Comments on extensions and on `public` belong to those who made them.
 */
export function restoreOrder(list: readonly string[], role: string): RestoreOrder {
  const entries = list.filter((line) => /^\d+; \d+ \d+ /.test(line));
  const own = (line: string) => line.endsWith(` ${role}`);
  const isTable = (line: string) => / \d+ TABLE (?!DATA |ATTACH )/.test(line);
  const made = new RegExp(`^\\d+; \\d+ \\d+ SCHEMA - (.+) ${role.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`);
  const schemas = entries.flatMap((line) => made.exec(line)?.[1] ?? []);
  return {
    list: entries.filter(
      (line) =>
        (own(line) || line.endsWith(" ")) &&
        !made.test(line) &&
        !/ \d+ COMMENT - (EXTENSION|SCHEMA public) /.test(line),
    ),
    schemas,
    isForeign: entries.some(isTable) && !entries.some((line) => isTable(line) && own(line)),
  };
}

/** SQL that ends the role's other sessions; this program's own stay. */
export const END_SESSIONS = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid() AND application_name !~ '^slipway( |$)';
`;

/**
 * SQL that drops everything the role owns in the database but the schemas that the dump holds, and makes those that are missing. Others'
 * tables and views are never dropped along: it fails if any depends on what goes.
 */
export function clearingSql(schemas: readonly string[]): string {
  const kept = `ARRAY[${schemas.map(literal).join(", ")}]::text[]`;
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
    WHERE nspowner = me AND oid >= ${FIRST} AND nspname <> 'public' AND nspname !~ '^pg_' AND nspname <> ALL (${kept})
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
  FOR one IN SELECT name FROM unnest(${kept}) AS name WHERE to_regnamespace(quote_ident(name)) IS NULL LOOP
    EXECUTE format('CREATE SCHEMA %I', one.name);
  END LOOP;
END
$clear$;
`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
