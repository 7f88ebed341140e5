import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { addressIn, containerAddress, containerName, containerScript } from "./containerScript";
import { maintenanceWindow } from "./digitaloceanCluster";
import { hostDatabaseAddress, hostDatabaseScript } from "./hostPostgres";
import { linodeWindow } from "./linodeCluster";
import { managedScript } from "./managedScript";

const login = { server: "registry.test:5000", username: "bot", password: "registry-password" };
const container = containerScript({ app: "my-shop", image: "registry.test:5000/pg:17", password: "s3cr3t", login });
const remark = "slipway acme/prod 0123456789ab";
const order = {
  app: "my-shop",
  address: { host: "db.test", port: 25060, name: "my_shop", user: "my_shop" },
  admin: { user: "doadmin", password: "it's", database: "defaultdb" },
  authority: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
  password: "s3cr3t",
  remark,
};
const managed = managedScript({ ...order, isMade: true });
const bare = managedScript({ ...order, isMade: false });

it.each([
  ["host", hostDatabaseScript("my-shop", hostDatabaseAddress("my-shop"), "s3cr3t", { remark })],
  ["container", container],
  ["container without a login", containerScript({ app: "my-shop", image: "postgres:17", password: "s3cr3t" })],
  ["container that is kept", containerScript({ app: "my-shop", image: "postgres:17", password: "s3cr3t", keep: true })],
  ["managed", managed],
  ["managed where the API makes the cluster alone", bare],
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
  expect(drop(hostDatabaseScript("my-shop", host, "s3cr3t", { remark }))).toMatch(/pg_dump.*DROP DATABASE.*DROP ROLE/s);
  expect(drop(hostDatabaseScript("my-shop", host, "s3cr3t", { remark, keep: true }))).toBe("  :\n  ;;\nesac\n");
});

it("dumps nothing that is thrown away, and drops it all the same", () => {
  const order = { app: "my-shop", image: "postgres:17", password: "s3cr3t", lastDump: false };
  const host = hostDatabaseScript("my-shop", hostDatabaseAddress("my-shop"), "s3cr3t", { remark, lastDump: false });
  for (const script of [host, containerScript(order)]) {
    execFileSync("bash", ["-n"], { input: script });
    expect(script).not.toContain("pg_dump -Fc");
  }
  expect(host).toMatch(/DROP DATABASE.*DROP ROLE/s);
  expect(containerScript(order)).toContain("docker volume rm $name");
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
  for (const script of [managed, bare]) {
    expect(script.match(/it's/g)).toHaveLength(1);
    expect(script).toContain(`PGPASSWORD="it's"`);
    for (const line of script.split("\n").filter((text) => text.includes("s3cr3t")))
      expect(line).toMatch(/^ALTER ROLE|^as_app\(\) \{ PGUSER=my_shop PGPASSWORD=s3cr3t without_rights "\$@"; \}$/);
  }
});

it("begins every administrator's session within Postgres's own catalog, since an app may say what is found in its database", () => {
  const host = hostDatabaseScript("my-shop", hostDatabaseAddress("my-shop"), "s3cr3t", { remark });
  const own = 'PGOPTIONS="-csearch_path=pg_catalog,pg_temp -cstatement_timeout=0"';
  for (const script of [host, container])
    for (const line of script.split("\n").filter((text) => /\b(psql|pg_dump) -[^-]/.test(text)))
      expect(line.split(own)).toHaveLength(1 + (line.match(/\b(psql|pg_dump) -[^-]/g) ?? []).length);
  for (const script of [managed, bare]) expect(script).toContain(`export ${own}`);
});

it("runs Postgres's programs as a user without rights where they reach out of the machine", () => {
  for (const script of [managed, bare]) {
    for (const line of script.split("\n").filter((text) => /\b(psql|pg_dump) -/.test(text)))
      expect(line.replace(/(without_rights|as_app) (psql|pg_dump) -/g, "")).not.toMatch(/\b(psql|pg_dump) -/);
    const [functions = ""] = /^getent passwd[\s\S]*?^without_rights\(\).*$/m.exec(script) ?? [];
    const fakes = 'getent() { :; }; setpriv() { echo "$PGUSER $*"; }; useradd() { exit 1; }';
    const as =
      "as_app() { PGUSER=app without_rights \"$@\"; }; PGUSER=admin; without_rights psql 'a b'; as_app pg_dump";
    const said = execFileSync("bash", ["-eu", "-c", `${fakes}\n${functions}\n${as}`], { encoding: "utf8" });
    const rights = "--reuid=slipway-postgres --regid=slipway-postgres --clear-groups --inh-caps=-all --no-new-privs --";
    expect(said).toBe(`admin ${rights} psql a b\napp ${rights} pg_dump\n`);
  }
});

it("lets the app's role alone into its database of a cluster, and lets it migrate", () => {
  expect(managed).toContain('REVOKE ALL ON DATABASE "my_shop" FROM PUBLIC;');
  expect(managed).toContain('GRANT ALL ON SCHEMA public TO "my_shop";');
  expect(managed).not.toMatch(/CREATE ROLE|DROP/);
});

it("makes database and role where the API doesn't, as a member of the role, and drops them after a last dump", () => {
  const statements = bare.split("\n").filter((line) => /^(CREATE|ALTER|GRANT|REVOKE|DROP|COMMENT)/.test(line));
  expect(
    statements.map((line) =>
      line
        .replace(/^SELECT '/, "")
        .split(" ")
        .slice(0, 2)
        .join(" "),
    ),
  ).toEqual([
    "CREATE ROLE",
    "COMMENT ON",
    "ALTER ROLE",
    'GRANT "my_shop"',
    "COMMENT ON",
    "CREATE DATABASE",
    "REVOKE CONNECT",
    "COMMENT ON",
    "COMMENT ON",
    "COMMENT ON",
    "DROP DATABASE",
    "DROP ROLE",
    "DROP ROLE",
  ]);
  expect(bare.indexOf("pg_dump -Fc my_shop")).toBeLessThan(bare.indexOf("DROP DATABASE"));
  for (const script of [managed, bare]) expect(script).toContain("as_app pg_dump -Fc my_shop");
});

it("says a maintenance window as the API does, so that it never seems changed", () => {
  expect(linodeWindow({ day: "sunday", hour: 3 })).toEqual({
    dayOfWeek: 7,
    duration: 4,
    frequency: "weekly",
    hourOfDay: 3,
  });
  expect(maintenanceWindow({ day: "Sunday", hour: 3 })).toEqual({ day: "sunday", hour: "03:00" });
});
