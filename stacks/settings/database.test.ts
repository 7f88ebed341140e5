import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Database, type DatabaseContext, mistakeInUrl, readDatabase } from "./database";

const root = mkdtempSync(join(tmpdir(), "slipway-database-"));
const pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
beforeAll(() => {
  writeFileSync(join(root, "ca.pem"), pem);
  writeFileSync(join(root, "no.pem"), "nothing");
});
afterAll(() => rmSync(root, { recursive: true }));

function read(common: unknown, own?: Record<string, unknown>, more: Partial<DatabaseContext> = {}) {
  return readDatabase({
    app: "notes",
    stack: "dev",
    root,
    provider: "digitalocean",
    common: Database.parse(common),
    own,
    image: "postgres:17",
    taken: ["SECRET_KEY"],
    secret: () => "postgres://u:s3cr3t@db.example.com/notes?sslmode=require",
    ...more,
  });
}
const whats = (...args: Parameters<typeof read>) => read(...args).mistakes.map(({ path, what }) => `${path}: ${what}`);
const cluster = { size: "db-s-1vcpu-1gb", version: "17", standby: 0 };
const managed = (owner: "stack" | "app", changes = {}) => ({
  mode: "managed",
  owner,
  cluster: { ...cluster, region: undefined, maintenance: undefined, ...changes },
});

describe("where an app's database is", () => {
  it("is where the stack's are, unless the app says otherwise", () => {
    expect(read({ mode: "host" }).plan).toEqual({ at: { mode: "host" }, variables: {} });
    expect(read({ mode: "host" }, { mode: "container" }).plan?.at).toEqual({ mode: "container", image: "postgres:17" });
    expect(read({ mode: "container", image: "r/pg:16" }, { variables: { A: "host" } }).plan).toEqual({
      at: { mode: "container", image: "r/pg:16" },
      variables: { A: "host" },
    });
  });

  it("is the stack's cluster, or with a size of its own one for the app alone", () => {
    const stack = { mode: "managed", size: cluster.size };
    expect(read(stack).plan?.at).toEqual(managed("stack"));
    expect(read(stack, { mode: "managed" }).plan?.at).toEqual(managed("stack"));
    expect(read(stack, { size: "db-s-2vcpu-4gb" }).plan?.at).toEqual(managed("app", { size: "db-s-2vcpu-4gb" }));
    expect(read({ mode: "host" }, stack).plan?.at).toEqual(managed("app"));
  });

  it("comes from where it was, the stack's cluster too", () => {
    const from = { mode: "managed", size: cluster.size };
    expect(read({ mode: "host", from }).plan).toMatchObject({ at: { mode: "host" }, from: managed("stack") });
    expect(read({ mode: "host", from }, { mode: "managed" }).plan).toEqual({ at: managed("stack"), variables: {} });
    const stack = { mode: "managed", size: cluster.size };
    expect(read(stack, { mode: "host", from: { mode: "managed" } }).plan?.from).toEqual(managed("stack"));
    expect(read(stack, { mode: "host", from }).plan?.from).toEqual(managed("app"));
    expect(read({ mode: "host", from: "none" }).plan?.from).toBe("none");
  });

  it("adds the names of variables to those of the stack", () => {
    const plan = read(
      { mode: "host", variables: { SQL_HOST: "host" } },
      { mode: "host", variables: { SQL_PASSWORD: "password" } },
    ).plan;
    expect(plan?.variables).toEqual({ SQL_HOST: "host", SQL_PASSWORD: "password" });
  });

  it("keeps the certificate of a private authority", () => {
    expect(read({ mode: "external", ca: "ca.pem" }).plan?.at).toEqual({
      mode: "external",
      url: "postgres://u:s3cr3t@db.example.com/notes?sslmode=require",
      authority: pem,
    });
  });
});

describe("what is wrong", () => {
  it.each([
    [[{ mode: "container" }, undefined, { image: undefined }], "slipway:database.image: missing, and no service named"],
    [[{ mode: "host" }, { mode: "managed" }], "slipway:apps.notes.database.size: missing"],
    [[{ mode: "host" }, { mode: "managed", size: "s", version: "18" }], 'slipway:apps.notes.database.version: "18" is'],
    [[{ mode: "host" }, { mode: "host", size: "s" }], "slipway:apps.notes.database.size: unknown key"],
    [[{ mode: "host" }, { mode: "host", from: { mode: "host" } }], "slipway:apps.notes.database.from: is where"],
    [[{ mode: "host", from: { mode: "cloud" } }], 'slipway:database.from.mode: "cloud" is not allowed'],
    [
      [{ mode: "host", variables: { SECRET_KEY: "url" } }],
      "slipway:database.variables.SECRET_KEY: the app has a value",
    ],
    [[{ mode: "host", variables: { DB_HOST: "host" } }], "slipway:database.variables.DB_HOST: every process gets it"],
    [[{ mode: "external", ca: "no.pem" }], 'slipway:database.ca: "no.pem" holds no certificate'],
    [[{ mode: "external", ca: "none.pem" }], 'slipway:database.ca: "none.pem" can\'t be read'],
    [
      [{ mode: "managed", size: "db-s-2vcpu-4gb" }, undefined, { provider: "linode" }],
      'slipway:database.size: "db-s-2vcpu-4gb" is no size of a managed database of linode',
    ],
    [
      [{ mode: "host" }, { mode: "managed", size: "g6-standard-1", standby: 1 }, { provider: "linode" }],
      "slipway:apps.notes.database.standby: 1 makes two nodes, and a shared plan such as g6-standard-1 has one or three",
    ],
    [
      [{ mode: "managed", size: "s" }, undefined, { provider: "existing" }],
      "slipway:database.mode: managed goes with a machine of the same cloud, and host.provider is existing",
    ],
  ] as [Parameters<typeof read>, string][])("%j", (args, what) => {
    const found = whats(...args);
    expect(found).toHaveLength(1);
    expect(found[0]?.slice(0, what.length)).toBe(what);
  });

  it("shows no URL of a database", () => {
    const { mistakes } = read({ mode: "external" }, undefined, { secret: () => "mysql://u:s3cr3t@h/n" });
    expect(mistakes.map(({ path, what }) => `${path}: ${what}`)).toEqual([
      "slipway:notes.DATABASE_URL: is no URL of Postgres",
    ]);
    expect(JSON.stringify(mistakes)).not.toContain("s3cr3t");
  });

  it.each([
    ["postgres://u:p@h:5432/n", undefined],
    ["postgresql://u@h/n?sslmode=verify-full", undefined],
    ["postgres://u:p@/n", "names no host"],
    ["postgres://u:p@h", "names no database: it stands after the last slash"],
    ["postgres://h/n", "names no user"],
    ["postgres://u:p@localhost/n", "leads to localhost, which is each container itself, not what you mean"],
    ["postgres://u:p@a,b/n", "names several hosts: one is expected"],
    ["h/n", "is no URL of Postgres"],
  ])("in %s", (url, what) => expect(mistakeInUrl(url)).toBe(what));
});
