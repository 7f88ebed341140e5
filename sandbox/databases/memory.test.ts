import { describe, expect, it } from "vitest";
import type { ServerOrder } from "./databases";
import { databasesCases } from "./databases.cases";
import { memoryDatabases } from "./memory";

const order = (id: string): ServerOrder => ({
  id,
  address: `10.213.0.${Number(id.slice(-1)) + 180}`,
  port: 25060,
  memory: 1024,
  vcpus: 1,
  connections: 25,
  admin: { name: "doadmin", password: "secret" },
  database: "defaultdb",
  sources: undefined,
});

databasesCases("in memory", async () => ({ databases: memoryDatabases(), order }));

describe("memory databases", () => {
  it("show a server as it stands", async () => {
    const databases = memoryDatabases();
    await databases.create(order("do-database-1"));
    await databases.setRole("do-database-1", { name: "app", password: "x", replication: false });
    await databases.addDatabase("do-database-1", "app", "app");
    await databases.dropRole("do-database-1", "app", "doadmin");
    expect(databases.look("do-database-1")).toEqual({
      order: order("do-database-1"),
      size: { memory: 1024, vcpus: 1, connections: 25 },
      power: "on",
      sources: undefined,
      roles: new Map([["doadmin", { name: "doadmin", password: "secret", replication: true }]]),
      databases: new Map([
        ["defaultdb", "doadmin"],
        ["app", "doadmin"],
      ]),
    });
  });

  it("fail where they are told to", async () => {
    const databases = memoryDatabases();
    databases.breakServer("do-database-1", "no room on the disk");
    await expect(databases.create(order("do-database-1"))).rejects.toThrow("no room on the disk");
    databases.breakServer("do-database-1");
    await databases.create(order("do-database-1"));
    expect(await databases.list()).toEqual(["do-database-1"]);
  });
});
