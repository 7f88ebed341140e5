import { describe, expect, it } from "vitest";
import { databaseSql, disownSql, dropDatabaseSql, dropRoleSql, firstSql, quoteName, quoteText, roleSql } from "./sql";

describe("quoting", () => {
  it("holds whatever a name or a password has in it", () => {
    expect(quoteName('a "b"; c')).toBe('"a ""b""; c"');
    expect(quoteText("it's")).toBe("'it''s'");
  });
});

describe("statements", () => {
  it("make the administrator and the first database, which it owns", () => {
    expect(firstSql({ admin: { name: "doadmin", password: "p'" }, database: "defaultdb" })).toBe(
      `SELECT 'CREATE ROLE "doadmin"' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'doadmin') \\gexec
ALTER ROLE "doadmin" LOGIN CREATEROLE CREATEDB REPLICATION BYPASSRLS PASSWORD 'p''';
GRANT pg_monitor, pg_signal_backend, pg_read_all_settings, pg_read_all_stats, pg_stat_scan_tables TO "doadmin";
SELECT 'CREATE DATABASE "defaultdb" OWNER "doadmin"' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'defaultdb') \\gexec
`,
    );
  });

  it("make a role that owns nothing, and a database", () => {
    expect(roleSql({ name: "app", password: "x", replication: false })).toBe(
      `SELECT 'CREATE ROLE "app"' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'app') \\gexec
ALTER ROLE "app" LOGIN NOREPLICATION PASSWORD 'x';
`,
    );
    expect(databaseSql("it's", "app")).toBe(
      `SELECT 'CREATE DATABASE "it''s" OWNER "app"' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'it''s') \\gexec
`,
    );
    expect(dropDatabaseSql("app")).toBe('DROP DATABASE IF EXISTS "app" WITH (FORCE);\n');
  });

  it("free what a role owns before it goes", () => {
    const there = "WHERE EXISTS (SELECT FROM pg_roles WHERE rolname = 'app') \\gexec";
    expect(disownSql("app", "doadmin")).toBe(
      `SELECT 'REASSIGN OWNED BY "app" TO "doadmin"' ${there}
SELECT 'DROP OWNED BY "app"' ${there}
`,
    );
    expect(dropRoleSql("app")).toBe(
      `SELECT 'ALTER ROLE "app" NOLOGIN' ${there}
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = 'app';
DROP ROLE IF EXISTS "app";
`,
    );
  });
});
