import { expect, it } from "vitest";
import type { DatabaseChoice, DatabasePlan } from "../../infra/database/choice";
import { mistakesInMoves, mistakesInRegions } from "./databaseMoves";

const host: DatabaseChoice = { mode: "host" };
const container: DatabaseChoice = { mode: "container", image: "postgres:17" };
const managed = (size: string): DatabaseChoice => ({
  mode: "managed",
  owner: "stack",
  cluster: { size, version: "17", standby: 0 },
});
const found = (plan: Omit<DatabasePlan, "variables">, was: string | undefined) =>
  mistakesInMoves([{ name: "notes", database: { ...plan, variables: {} } }], { notes: was }).length;

it("lets an app stay, begin, and change its cluster in place", () => {
  expect(found({ at: host }, undefined)).toBe(0);
  expect(found({ at: host }, "host")).toBe(0);
  expect(found({ at: managed("db-s-2vcpu-4gb") }, "managed")).toBe(0);
});

it("lets nobody leave data behind without a word", () => {
  expect(found({ at: container }, "host")).toBe(1);
  expect(found({ at: container, from: managed("db-s-1vcpu-1gb") }, "host")).toBe(1);
  expect(found({ at: { ...managed("db-s-1vcpu-1gb"), owner: "app" } as DatabaseChoice }, "managed")).toBe(1);
});

it("takes either word: carry it over, or give it up", () => {
  expect(found({ at: container, from: host }, "host")).toBe(0);
  expect(found({ at: container, from: "none" }, "host")).toBe(0);
  expect(found({ at: container, from: host }, "container")).toBe(0);
});

it("says what would be lost, and what to write", () => {
  expect(mistakesInMoves([{ name: "notes", database: { at: container, variables: {} } }], { notes: "host" })).toEqual([
    {
      path: "slipway:apps.notes.database",
      what: "the data of notes is in the database of mode host, and the settings lead to one of mode container: this would drop the old one and begin with an empty one",
      mend: "from: { mode: host, … } as it stood here before carries the data over (docs/databases.md); from: none gives it up",
    },
  ]);
});

it("lets no cluster be dropped for one in another region, where its cloud can't move it", () => {
  const settings = (region: string, own?: string, from?: DatabaseChoice) => ({
    project: "shop",
    stack: "prod",
    host: { provider: "linode", region } as Parameters<typeof mistakesInRegions>[0]["host"],
    apps: [
      {
        name: "notes",
        database: {
          at: {
            mode: "managed",
            owner: "stack",
            cluster: { size: "g6-nanode-1", version: "17", standby: 0, region: own },
          },
          ...(from && { from }),
          variables: {},
        } as DatabasePlan,
      },
    ],
  });
  const before = { "shop-prod": "eu-central" };
  expect(mistakesInRegions(settings("eu-central"), before)).toEqual([]);
  expect(mistakesInRegions(settings("us-east", "eu-central"), before)).toEqual([]);
  expect(mistakesInRegions(settings("us-east"), {})).toEqual([]);
  expect(mistakesInRegions(settings("us-east"), before)).toEqual([
    {
      path: "slipway:database.region",
      what: "cluster shop-prod is in eu-central, and linode can't move one to us-east: this would drop it and begin with an empty one",
      mend: "region: eu-central keeps it where it is, wherever the machine goes; to have the data elsewhere move the apps to mode host, then back (docs/databases.md)",
    },
  ]);
});
