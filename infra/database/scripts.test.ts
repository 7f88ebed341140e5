import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { addressIn, containerAddress, containerName, containerScript } from "./containerScript";
import { maintenanceWindow } from "./digitaloceanCluster";
import { hostDatabaseAddress, hostDatabaseScript } from "./hostPostgres";
import { managedScript } from "./managedScript";

const login = { server: "registry.test:5000", username: "bot", password: "registry-password" };
const container = containerScript({ app: "my-shop", image: "registry.test:5000/pg:17", password: "s3cr3t", login });
const managed = managedScript({
  app: "my-shop",
  address: { host: "db.test", port: 25060, name: "my_shop", user: "my_shop" },
  admin: { user: "doadmin", password: "it's", database: "defaultdb" },
  authority: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
});

it.each([
  ["host", hostDatabaseScript("my-shop", hostDatabaseAddress("my-shop"), "s3cr3t")],
  ["container", container],
  ["container without a login", containerScript({ app: "my-shop", image: "postgres:17", password: "s3cr3t" })],
  ["container that is kept", containerScript({ app: "my-shop", image: "postgres:17", password: "s3cr3t", keep: true })],
  ["managed", managed],
])("the script of mode %s is whole for Bash", (_, script) => {
  execFileSync("bash", ["-n"], { input: script });
});

it("names a container, its network and its volume as no app's own are named", () => {
  expect(containerName("my-shop")).toBe("slipway-my-shop_database");
  expect(containerAddress("my-shop", addressIn("pulled\naddress 172.29.64.2\nimage x\n"))).toEqual({
    host: "172.29.64.2",
    port: 5432,
    name: "my_shop",
    user: "my_shop",
  });
});

it("takes a database's data away last, after a dump, or not at all", () => {
  const drop = (script: string) => script.split("\ndrop)\n")[1] ?? "";
  expect(drop(container)).toMatch(/pg_dump.*docker rm.*docker volume rm \$name.*rm -rf \$kept/s);
  const kept = drop(containerScript({ app: "my-shop", image: "postgres:17", password: "s3cr3t", keep: true }));
  expect(kept).toMatch(/docker stop.*docker rm.*docker network rm/s);
  expect(kept).not.toMatch(/pg_dump|volume rm|rm -rf \$kept/);
  const host = hostDatabaseAddress("my-shop");
  expect(drop(hostDatabaseScript("my-shop", host, "s3cr3t"))).toMatch(/pg_dump.*DROP DATABASE.*DROP ROLE/s);
  expect(drop(hostDatabaseScript("my-shop", host, "s3cr3t", true))).toBe("  :\n  ;;\nesac\n");
});

it("publishes no port of a database container, whose network leads nowhere else", () => {
  expect(container).toContain("docker network create --internal --label slipway.database=my-shop");
  expect(container).not.toMatch(/docker create[^|;]* (-p|--publish)/);
});

it("hands passwords on by standard input, a file or the environment, never on a command line", () => {
  expect(container).toMatch(/--password-stdin [^\n]*<<'END'[^\n]*\nregistry-password\nEND\n/);
  expect(container).toContain("POSTGRES_PASSWORD_FILE=/run/secrets/postgres");
  for (const line of container.split("\n").filter((text) => /s3cr3t|registry-password/.test(text)))
    expect(line).toMatch(/^(ALTER ROLE|registry-password$)/);
  expect(managed.match(/it's/g)).toHaveLength(1);
  expect(managed).toContain(`PGPASSWORD="it's"`);
});

it("lets the app's role alone into its database of a cluster, and lets it migrate", () => {
  expect(managed).toContain('REVOKE ALL ON DATABASE "my_shop" FROM PUBLIC;');
  expect(managed).toContain('GRANT ALL ON SCHEMA public TO "my_shop";');
  expect(managed).not.toContain("CREATE ROLE");
});

it("says a maintenance window as the API does, so that it never seems changed", () => {
  expect(maintenanceWindow({ day: "Sunday", hour: 3 })).toEqual({ day: "sunday", hour: "03:00" });
});
