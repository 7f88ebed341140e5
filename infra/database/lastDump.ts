/** What is left of a database when it is dropped. */

/** Folder of the last dumps, on the machine. */
const folder = "/var/lib/slipway/dropped";

/** A person's word, on the machine, that the data of an app's database may go unsaved. */
export const consentPath = (app: string) => `${folder}/${app}.unsaved`;

/** SQL that prints what a database holds: the oid of each table that no extension brought, as a dump lists them, and whether there are large objects. */
export const contentsSql =
  "SELECT c.oid::text FROM pg_class c WHERE c.relkind IN ('r', 'p', 'm') AND c.oid >= 16384 AND c.relpersistence <> 't' " +
  "AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e') " +
  "UNION ALL SELECT 'objects' FROM (SELECT FROM pg_largeobject_metadata LIMIT 1) l";

/**
 * What an administrator's session in an app's database is begun with: the app's role may have said for that database that names are looked
 * for among its own things first, and what it has put there would run with the administrator's rights. No shell reads anything in it.
 */
export const ownCatalog = "-csearch_path=pg_catalog,pg_temp -cstatement_timeout=0";

/** SQL that prints a line if there is a database of that name. */
export const existsSql = (name: string) => `SELECT 1 FROM pg_database WHERE datname = '${name}'`;

/** Commands that ask the server, as Bash. None reads standard input. */
export interface Asking {
  /** Prints a line if the database exists. */
  readonly exists: string;
  /** Prints what `contentsSql` does. */
  readonly contents: string;
  /** Writes the dump to standard output. */
  readonly dump: string;
}

/** Bash that does what saving a database needs; where that ends the script, whoever runs it is told what became of the data, and what to do. */
export function savedScript(app: string, work: string): string {
  return `trap 'echo "the database of ${app} was not saved (the lines above say why), so nothing of it is dropped. Mend that and say the same again; if its data may go unsaved, first say so on the machine: sudo install -D -m 0600 /dev/null ${consentPath(app)}" >&2' EXIT
  ${work}
  trap - EXIT`;
}

/** pg_restore has the dump as its input: it reads what an app wrote, and so runs as nobody, who may open no file of root's. */
const reading = (how: string) => `sudo -u nobody pg_restore ${how} < "$last.draft"`;

/** Bash that reads the dump `$last.draft` to its end, compares it with `$contents` table by table, and gives it its name; or ends the script. */
export const readBackScript = `tables=$(${reading("--list")} | sed -nE 's/^[0-9]+; 1259 ([0-9]+) (TABLE|MATERIALIZED VIEW) .*/\\1/p')
      if ! diff <(grep -vx objects <<<"$contents" | sort) <(printf %s "$tables\${tables:+
}" | sort) >/dev/null; then
        echo "$last.draft has not the tables that the database has" >&2
        exit 1
      fi
      ${reading("--file=/dev/null")}
      sync "$last.draft"
      mv -n "$last.draft" "$last"
      [ ! -e "$last.draft" ]`;

/**
 * Bash that saves a database before it is dropped: dumps it, readable by root alone, and reads the dump back, all of it and table by table. Whatever
 * fails ends the script, with the data as it was, unless a person has said on the machine that the data may go. What has no table is not dumped.
 */
export function lastDumpScript(app: string, { exists, contents, dump }: Asking): string {
  const consent = consentPath(app);
  const saving = `cd /
  found=$(${exists})
  if [ -n "$found" ]; then
    contents=$(${contents})
    if [ -n "$contents" ]; then
      install -d -m 0700 ${folder}
      last=${folder}/${app}-$(date -u +%Y%m%dT%H%M%SZ).dump
      (umask 077; ${dump} > $last.draft)
      ${readBackScript}
      echo "the last dump of ${app}'s database is $last"
    fi
  fi`;
  return `if [ -e ${consent} ]; then
  echo "the database of ${app} goes without a last dump, as ${consent} says"
  rm -f ${consent}
else
  ${savedScript(app, saving)}
fi`;
}
