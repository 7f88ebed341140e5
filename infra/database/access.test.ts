import { expect, it } from "vitest";
import { connectionEnvironment } from "../../agent/connection-url";
import { type DatabaseAccess, databaseEnvironment, databaseSecrets, databaseUrl } from "./access";
import { externalAccess } from "./externalDatabase";

const address = { host: "172.29.0.1", port: 5432, name: "my_shop", user: "my_shop" };
const authority = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
const path = "/etc/slipway/authorities/7cc358aa45100f42.crt";
const access: DatabaseAccess = { address, password: "s3cr3t", url: databaseUrl(address, "s3cr3t") };

it("hands the processes one URL and its parts", () => {
  expect(databaseEnvironment(access)).toEqual({
    DATABASE_URL: "postgres://my_shop:s3cr3t@172.29.0.1:5432/my_shop",
    DB_HOST: "172.29.0.1",
    DB_PORT: "5432",
    DB_NAME: "my_shop",
    DB_USER: "my_shop",
    DB_PASSWORD: "s3cr3t",
  });
});

it("adds names, of which those with a password are secrets", () => {
  const variables = { SQL_HOST: "host", SQL_PASSWORD: "password", MY_URL: "url", CA: "ca" } as const;
  expect(databaseEnvironment(access, variables)).toMatchObject({
    SQL_HOST: "172.29.0.1",
    SQL_PASSWORD: "s3cr3t",
    MY_URL: access.url,
    CA: "",
  });
  expect(databaseSecrets(variables)).toEqual(["DATABASE_URL", "DB_PASSWORD", "SQL_PASSWORD", "MY_URL"]);
});

it("has every client check a server of a private authority, by the URL and by the parts", () => {
  const url = databaseUrl(address, "s3cr3t", authority);
  expect(url).toBe(`${access.url}?sslmode=verify-full&sslrootcert=${path}`);
  expect(databaseEnvironment({ ...access, url, authority })).toMatchObject({
    DATABASE_CA: path,
    PGSSLMODE: "verify-full",
    PGSSLROOTCERT: path,
  });
  expect(connectionEnvironment(url)).toMatchObject({ PGSSLMODE: "verify-full", PGSSLROOTCERT: path });
});

it("takes an external URL as it is, with what TLS it says; with an authority the server is checked", () => {
  const url = "postgres://ann:p%40ss@db.example.com:6543/shop?sslmode=require&connect_timeout=3";
  expect(externalAccess(url)).toEqual({
    address: { host: "db.example.com", port: 6543, name: "shop", user: "ann" },
    password: "p@ss",
    url,
  });
  expect(externalAccess("postgresql://ann@db.example.com/shop").address.port).toBe(5432);
  expect(externalAccess(url, authority).url).toBe(
    `postgres://ann:p%40ss@db.example.com:6543/shop?connect_timeout=3&sslmode=verify-full&sslrootcert=${path}`,
  );
});
