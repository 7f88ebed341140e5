import type { Role, ServerOrder } from "./databases";

/**
 * What a customer's administrator has beside its attributes: the roles by which the clouds let it see what goes on
 * (https://www.postgresql.org/docs/17/predefined-roles.html).
 */
const watching = "pg_monitor, pg_signal_backend, pg_read_all_settings, pg_read_all_stats, pg_stat_scan_tables";

/** A name in SQL, whatever is in it. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text in SQL, whatever is in it. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** What psql is told first: a failed statement, which may hold a password, stays out of the server's log. */
export const discreetly = "SET log_min_error_statement = panic;\n";

/** Makes a role if there is none, then sets it right. */
export function roleSql(role: Role): string {
  return login(role, role.replication ? "REPLICATION" : "NOREPLICATION");
}

/** The administrator, and the first database, which it owns. */
export function firstSql({ admin, database }: Pick<ServerOrder, "admin" | "database">): string {
  return [
    login(admin, "CREATEROLE CREATEDB REPLICATION BYPASSRLS"),
    `GRANT ${watching} TO ${quoteName(admin.name)};\n`,
    databaseSql(database, admin.name),
  ].join("");
}

/** Makes a database if there is none of the name. */
export function databaseSql(name: string, owner: string): string {
  return once(
    `CREATE DATABASE ${quoteName(name)} OWNER ${quoteName(owner)}`,
    `SELECT FROM pg_database WHERE datname = ${quoteText(name)}`,
  );
}

/** Removes a database with everyone in it. */
export function dropDatabaseSql(name: string): string {
  return `DROP DATABASE IF EXISTS ${quoteName(name)} WITH (FORCE);\n`;
}

/** The names of all databases that can be entered, one to a line. */
export const databaseNames = "SELECT datname FROM pg_database WHERE datallowconn ORDER BY datname;\n";

/** Frees one database of a role: what it owns there goes to `heir`, what it was granted there is taken back. */
export function disownSql(name: string, heir: string): string {
  const there = `SELECT FROM pg_roles WHERE rolname = ${quoteText(name)}`;
  return [
    when(`REASSIGN OWNED BY ${quoteName(name)} TO ${quoteName(heir)}`, there),
    when(`DROP OWNED BY ${quoteName(name)}`, there),
  ].join("");
}

/** Ends a role's sessions and removes it. */
export function dropRoleSql(name: string): string {
  const there = `SELECT FROM pg_roles WHERE rolname = ${quoteText(name)}`;
  return [
    // No session begins between the two: it would keep the role.
    when(`ALTER ROLE ${quoteName(name)} NOLOGIN`, there),
    `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = ${quoteText(name)};\n`,
    `DROP ROLE IF EXISTS ${quoteName(name)};\n`,
  ].join("");
}

function login({ name, password }: Omit<Role, "replication">, attributes: string): string {
  return [
    once(`CREATE ROLE ${quoteName(name)}`, `SELECT FROM pg_roles WHERE rolname = ${quoteText(name)}`),
    `ALTER ROLE ${quoteName(name)} LOGIN ${attributes} PASSWORD ${quoteText(password)};\n`,
  ].join("");
}

/** A statement that psql carries out only where a query has no row; neither of the two may stand in a transaction. */
function once(statement: string, unless: string): string {
  return `SELECT ${quoteText(statement)} WHERE NOT EXISTS (${unless}) \\gexec\n`;
}

function when(statement: string, condition: string): string {
  return `SELECT ${quoteText(statement)} WHERE EXISTS (${condition}) \\gexec\n`;
}
