import { expect, test } from "vitest";
import { connectionEnvironment } from "./connection-url";

const cases: [string, Record<string, string>][] = [
  [
    "postgres://notes:s3cret@172.29.0.1:5432/notes",
    { PGHOST: "172.29.0.1", PGPORT: "5432", PGUSER: "notes", PGPASSWORD: "s3cret", PGDATABASE: "notes" },
  ],
  ["postgresql://db/notes", { PGHOST: "db", PGDATABASE: "notes" }],
  ["postgres://u@h", { PGHOST: "h", PGUSER: "u" }],
  ["postgres://u:a%40b%3A%2F%25@h/x%20y", { PGHOST: "h", PGUSER: "u", PGPASSWORD: "a@b:/%", PGDATABASE: "x y" }],
  ["postgres://u:p:q@r@h/d", { PGHOST: "h", PGUSER: "u", PGPASSWORD: "p:q@r", PGDATABASE: "d" }],
  ["postgres://u:100%@h/d", { PGHOST: "h", PGUSER: "u", PGPASSWORD: "100%", PGDATABASE: "d" }],
  ["postgres://u:%C3%A9%ff@h/d", { PGHOST: "h", PGUSER: "u", PGPASSWORD: "%C3%A9%ff", PGDATABASE: "d" }],
  ["postgres://u:%C3%A9@h/d", { PGHOST: "h", PGUSER: "u", PGPASSWORD: "é", PGDATABASE: "d" }],
  ["postgres://u@[2001:db8::1]:6432/d", { PGHOST: "2001:db8::1", PGPORT: "6432", PGUSER: "u", PGDATABASE: "d" }],
  ["postgres://u@[::1]/d", { PGHOST: "::1", PGUSER: "u", PGDATABASE: "d" }],
  ["postgres://u@a:1,b,[::1]:3/d", { PGHOST: "a,b,::1", PGPORT: "1,,3", PGUSER: "u", PGDATABASE: "d" }],
  ["postgres://u@%2Fvar%2Frun%2Fpostgresql/d", { PGHOST: "/var/run/postgresql", PGUSER: "u", PGDATABASE: "d" }],
  ["postgresql:///d?host=/tmp&port=5433&user=u", { PGHOST: "/tmp", PGPORT: "5433", PGUSER: "u", PGDATABASE: "d" }],
  [
    "postgresql+psycopg://u@h/d?sslmode=verify-full&sslrootcert=%2Fetc%2Fca.pem&pool_size=5&connect_timeout=1",
    { PGHOST: "h", PGUSER: "u", PGDATABASE: "d", PGSSLMODE: "verify-full", PGSSLROOTCERT: "/etc/ca.pem" },
  ],
  ["postgis://u@h/d?ssl=true", { PGHOST: "h", PGUSER: "u", PGDATABASE: "d", PGSSLMODE: "require" }],
  [
    "postgres://u@h/d?sslmode=verify-ca&ssl=true",
    { PGHOST: "h", PGUSER: "u", PGDATABASE: "d", PGSSLMODE: "verify-ca" },
  ],
  [
    "postgres://u@h/d?sslmode=no-verify&options=-c%20search_path%3Dx#f",
    { PGHOST: "h", PGUSER: "u", PGDATABASE: "d", PGSSLMODE: "require", PGOPTIONS: "-c search_path=x" },
  ],
];

test.each(cases)("%s", (url, environment) => {
  expect(connectionEnvironment(url)).toEqual(environment);
});

test.each([
  "mysql://u:hidden@h/d",
  "notes:hidden@h",
  "postgres://u:hidden@2001:db8::1/d",
  "",
])("%s is refused without being quoted", (url) => {
  expect(() => connectionEnvironment(url)).toThrow(
    "the database's URL is none of Postgres: expected postgres://USER:PASSWORD@HOST:PORT/NAME",
  );
});
