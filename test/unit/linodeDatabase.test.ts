/** A managed Postgres on Linode: its part of the graph, in exact values, and what an app is told of it. */
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, expect, it } from "vitest";
import type { AppSettings } from "../../stacks/settings";

const recorded: { type: string; name: string; inputs: Record<string, unknown> }[] = [];
const ca = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
let environment: Record<string, string>;
let isSecret: boolean;
let regions: Record<string, string>;

const app = (name: string, owner: "stack" | "app", size: string) =>
  ({
    name,
    database: {
      at: {
        mode: "managed",
        owner,
        cluster: { size, version: "17", standby: 2, maintenance: { day: "sunday", hour: 3 } },
      },
      variables: {},
    },
  }) as unknown as AppSettings;

beforeAll(async () => {
  pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs }) => {
      recorded.push({ type, name, inputs });
      const made: Record<string, unknown> = {
        "linode:index/databasePostgresqlV2:DatabasePostgresqlV2": {
          hostPrimary: "db.example.com",
          port: 20001,
          rootUsername: "akmadmin",
          rootPassword: "root-password",
          caCert: ca,
        },
        "random:index/randomPassword:RandomPassword": { result: "apppassword" },
        "command:remote:Command": { stdout: "" },
      };
      return { id: `${name}-id`, state: { ...inputs, ...(made[type] as object | undefined) } };
    },
    call: () => ({}),
  });
  const { AppDatabases } = await import("../../stacks/databases");
  const { ownNetworks } = await import("../../infra/host/linode");
  const bare = new pulumi.ComponentResource("test:Bare", "bare");
  const databases = new AppDatabases({
    name: "slipway-dev",
    host: {
      provider: "linode",
      region: "eu-central",
      size: "g6-standard-1",
      image: "linode/debian13",
      sshFrom: ["203.0.113.0/24"],
      protect: true,
    },
    sources: pulumi.output(ownNetworks("192.0.2.7", "2001:db8::7/128")),
    keep: false,
    lastDump: true,
    isEphemeral: false,
    connection: { host: "192.0.2.7" },
    stack: "slipway/dev",
    mark: pulumi.output("0123456789ab"),
    postgres: bare,
    ready: [],
    registry: { server: "r", username: "u", password: "p" },
  });
  const made = databases.of(app("notes", "stack", "g6-standard-1"), "notes", bare);
  databases.of(app("a-shop-with-quite-a-long-name", "app", "g6-dedicated-2"), "shop", bare);
  const settled = pulumi.all([made.environment, made.manifest, pulumi.all(databases.fixedRegions)]);
  [environment, , regions] = await new Promise<[Record<string, string>, unknown, Record<string, string>]>((resolve) =>
    settled.apply((values) => resolve(values as never)),
  );
  isSecret = await pulumi.isSecret(made.environment);
  await Promise.all(made.ready.map((resource) => new Promise((resolve) => resource.urn.apply(resolve))));
  await pulumi.runtime.disconnect();
});

const inputsOf = (name: string) => {
  const found = recorded.filter((resource) => resource.name === name);
  expect(found).toHaveLength(1);
  return found[0]?.inputs as Record<string, unknown>;
};

it("is a cluster that lets in the machine's own addresses alone, with all of its window said", () => {
  expect(inputsOf("slipway-dev-database-cluster")).toEqual({
    label: "slipway-dev",
    engineId: "postgresql/17",
    type: "g6-standard-1",
    region: "eu-central",
    clusterSize: 3,
    allowLists: ["192.0.2.7/32", "2001:db8::7/128"],
    updates: { dayOfWeek: 7, duration: 4, frequency: "weekly", hourOfDay: 3 },
  });
});

it("is an app's own where the app asks for one, under a label that Linode takes", () => {
  expect(inputsOf("slipway-dev-a-shop-with-quite-a-long-name-database-cluster")).toMatchObject({
    label: expect.stringMatching(/^slipway-dev-a-shop-with[a-z-]*-[0-9a-f]{8}$/),
    type: "g6-dedicated-2",
  });
});

it("gives each app a database and a role by SQL from the machine, with secrets on no command line", () => {
  const grants = inputsOf("notes-database-grants");
  const script = JSON.stringify(grants.stdin);
  expect(script).toContain("CREATE ROLE");
  expect(JSON.stringify({ ...grants, stdin: "" })).not.toMatch(/root-password|apppassword/);
});

it("tells the app where it is, and that its server is to be checked", () => {
  expect(environment).toMatchObject({ DB_HOST: "db.example.com", DB_PORT: "20001", PGSSLMODE: "verify-full" });
  expect(environment.DATABASE_URL).toMatch(
    /^postgres:\/\/notes:apppassword@db\.example\.com:20001\/notes\?sslmode=verify-full&sslrootcert=\/etc\/slipway\/authorities\/\w+\.crt$/,
  );
  expect(isSecret).toBe(true);
});

it("remembers in which region it is, as it can't be moved", () => {
  expect(regions).toEqual({
    "slipway-dev": "eu-central",
    "slipway-dev-a-shop-with-quite-a-long-name": "eu-central",
  });
});
