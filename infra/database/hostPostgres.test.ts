import { expect, it } from "vitest";
import { hostDatabaseAddress, hostDatabaseScript, postgresScript, type RoleLimits, tenantShare } from "./hostPostgres";

const address = hostDatabaseAddress("my-shop");
const [, make = "", drop = ""] = hostDatabaseScript("my-shop", address, "s3cr3t", {
  remark: "slipway acme/prod 0123456789ab",
}).split(/^(?:make\|adopt|drop)\)$/m);

it("names database and role after the app, in Postgres's alphabet", () => {
  expect(address).toEqual({ host: "172.29.0.1", port: 5432, name: "my_shop", user: "my_shop" });
});

it("creates what is missing, sets the password, and keeps other roles out", () => {
  expect(make).toMatch(/\\if :new_role\nBEGIN;\nCREATE ROLE "my_shop" LOGIN;\nCOMMENT ON ROLE/);
  expect(make).toContain(`ALTER ROLE "my_shop" PASSWORD 's3cr3t';`);
  expect(make).toContain(`REVOKE CONNECT ON DATABASE "my_shop" FROM PUBLIC;`);
});

it("gives a role a share of the server that it can't lift, smaller where it is a tenant, or as many connections as were asked for", () => {
  const limited = (limits?: RoleLimits) =>
    hostDatabaseScript("my-shop", address, "s3cr3t", { remark: "slipway acme/prod 0123456789ab" }, limits);
  expect(make).toContain("* 60 / 100)) \\gexec");
  expect(make).toContain("temporary=$((disk * 25 / 100))MB");
  expect(make).toContain(`ALTER ROLE "my_shop" SET temp_file_limit = :'temporary';`);
  expect(limited({ share: tenantShare })).toContain("* 15 / 100)) \\gexec");
  expect(limited({ share: tenantShare, connections: 30 })).toContain("CONNECTION LIMIT %s', 'my_shop', 30) \\gexec");
});

it("saves what has a table before it drops both", () => {
  expect(drop.indexOf("pg_dump -Fc my_shop")).toBeGreaterThan(0);
  expect(drop.indexOf("DROP DATABASE")).toBeGreaterThan(drop.indexOf("pg_dump"));
  expect(drop).toContain("last=/var/lib/slipway/dropped/my-shop-$(date");
  expect(drop).toMatch(/\\if :own\nDROP ROLE :"name";\n\\endif/);
});

it("drops nothing before it has asked whether it is the stack's own", () => {
  const owns = drop.indexOf(
    'owns=$(sudo -u postgres env PGOPTIONS="-csearch_path=pg_catalog,pg_temp -cstatement_timeout=0" psql',
  );
  expect(drop).toContain("-v name=my_shop -v remark='slipway acme/prod 0123456789ab'");
  expect(owns).toBeGreaterThan(0);
  for (const deed of ["pg_dump", "DROP DATABASE"])
    expect(drop.indexOf(deed)).toBeGreaterThan(drop.indexOf('"$owns" = t'));
});

it("listens on loopback and the containers' side only", () => {
  expect(postgresScript()).toContain("listen_addresses = 'localhost,172.29.0.1'");
  expect(postgresScript()).toContain("host sameuser all 172.29.0.0/16 scram-sha-256");
});
