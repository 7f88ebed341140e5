/** What is left of a database when it is dropped. */

/** Folder of the last dumps, on the machine. */
const folder = "/var/lib/slipway/dropped";

/** SQL that counts the tables anyone has made. */
export const countTables =
  "SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p', 'm') AND oid >= 16384 AND relpersistence <> 't'";

/**
 * Bash that dumps a database with a table in it one last time, readable by root alone, before it is dropped.
 * @param count command that prints the number of tables
 * @param dump command that writes the dump to standard output
 */
export function lastDumpScript(app: string, count: string, dump: string): string {
  return `if [ "$(${count})" != 0 ]; then
  install -d -m 0700 ${folder}
  last=${folder}/${app}-$(date -u +%Y%m%dT%H%M%SZ).dump
  (umask 077; ${dump} > $last.draft)
  mv $last.draft $last
  echo "the last dump of ${app}'s database is $last"
fi`;
}
