import { expect, it } from "vitest";
import {
  createDatabaseScript,
  databaseAddress,
  databaseEnvironment,
  dropDatabaseCommand,
  postgresScript,
} from "./hostPostgres";

const address = databaseAddress("my-shop");

it("names database and role after the app, in Postgres's alphabet", () => {
  expect(address).toEqual({ host: "172.29.0.1", port: 5432, name: "my_shop", user: "my_shop" });
});

it("hands the processes one URL and its parts", () => {
  expect(databaseEnvironment(address, "s3cr3t")).toEqual({
    DATABASE_URL: "postgres://my_shop:s3cr3t@172.29.0.1:5432/my_shop",
    DB_HOST: "172.29.0.1",
    DB_PORT: "5432",
    DB_NAME: "my_shop",
    DB_USER: "my_shop",
    DB_PASSWORD: "s3cr3t",
  });
});

it("creates what is missing, sets the password, and keeps other roles out", () => {
  const script = createDatabaseScript(address, "s3cr3t");
  expect(script).toContain("WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'my_shop')");
  expect(script).toContain(`ALTER ROLE "my_shop" PASSWORD 's3cr3t';`);
  expect(script).toContain(`REVOKE CONNECT ON DATABASE "my_shop" FROM PUBLIC;`);
});

it("drops both without reading standard input, which holds the script that made them", () => {
  expect(dropDatabaseCommand(address)).toEqual([
    "sudo",
    "-u",
    "postgres",
    "psql",
    "-q",
    "-d",
    "postgres",
    "-v",
    "ON_ERROR_STOP=1",
    "-c",
    'DROP DATABASE IF EXISTS "my_shop" WITH (FORCE)',
    "-c",
    'DROP ROLE IF EXISTS "my_shop"',
  ]);
});

it("listens on loopback and the containers' side only", () => {
  expect(postgresScript()).toContain("listen_addresses = 'localhost,172.29.0.1'");
  expect(postgresScript()).toContain("host sameuser all 172.29.0.0/16 scram-sha-256");
});
