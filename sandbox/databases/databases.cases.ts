import { afterEach, describe, expect, it } from "vitest";
import type { Databases, ServerOrder } from "./databases";

/** What the suite needs of an implementation. */
export interface Subject {
  readonly databases: Databases;
  /** An order that can be carried out, for a server of this id; ids of different servers differ in their address. */
  order(id: string): ServerOrder;
}

/**
 * Holds an implementation of `Databases` to what its interface says. What only a client can see (who is let in, what a
 * role may do) is the implementation's own to test.
 * @param name what the suite is called in reports
 * @param make gives the implementation; called once for each test
 */
export function databasesCases(name: string, make: () => Promise<Subject>): void {
  describe(`Databases: ${name}`, () => {
    const used: { databases: Databases; ids: string[] }[] = [];

    async function subject(...ids: string[]): Promise<Subject> {
      const made = await make();
      used.push({ databases: made.databases, ids });
      return made;
    }

    afterEach(async () => {
      for (const { databases, ids } of used.splice(0)) for (const id of ids) await databases.destroy(id);
    });

    it("has no server that was not made", async () => {
      const { databases } = await subject();
      expect(await databases.power("do-database-901")).toBe("absent");
      expect(await databases.list()).not.toContain("do-database-901");
      await expect(databases.destroy("do-database-901")).resolves.toBeUndefined();
    });

    it("makes a server once, takes what it is told however often, and destroys it", async () => {
      const id = "do-database-902";
      const { databases, order } = await subject(id);
      await databases.create(order(id));
      await databases.create(order(id));
      expect(await databases.power(id)).toBe("on");
      expect((await databases.list()).filter((known) => known === id)).toEqual([id]);
      for (let time = 0; time < 2; time += 1) {
        await databases.setRole(id, { name: "app", password: `it's ${time}`, replication: time === 0 });
        await databases.addDatabase(id, 'a "b"', "app");
        await databases.setSources(id, time === 0 ? ["192.0.2.1", "198.51.100.0/24"] : []);
      }
      await databases.setSources(id, undefined);
      await databases.resize(id, { memory: 2048, vcpus: 1, connections: 50 });
      expect(await databases.power(id)).toBe("on");
      for (let time = 0; time < 2; time += 1) {
        await databases.dropRole(id, "app", "doadmin");
        await databases.dropDatabase(id, 'a "b"');
      }
      await databases.destroy(id);
      await databases.destroy(id);
      expect(await databases.power(id)).toBe("absent");
      expect(await databases.list()).not.toContain(id);
    });

    it("refuses to change what is not there, in one line that names it", async () => {
      const { databases } = await subject();
      const id = "do-database-903";
      const attempts = [
        databases.resize(id, { memory: 1024, vcpus: 1, connections: 25 }),
        databases.setSources(id, []),
        databases.setRole(id, { name: "app", password: "x", replication: false }),
        databases.dropRole(id, "app", "doadmin"),
        databases.addDatabase(id, "app", "doadmin"),
        databases.dropDatabase(id, "app"),
      ];
      for (const outcome of await Promise.allSettled(attempts)) {
        expect(outcome.status).toBe("rejected");
        const { message } = (outcome as PromiseRejectedResult).reason as Error;
        expect(message).toContain(id);
        expect(message).not.toContain("\n");
      }
    });

    it("has one authority, which stays", async () => {
      const { databases } = await subject();
      const authority = await databases.authority();
      expect(authority).toMatch(/^-----BEGIN CERTIFICATE-----\n[^-]+-----END CERTIFICATE-----\n$/);
      expect(await databases.authority()).toBe(authority);
    });
  });
}
