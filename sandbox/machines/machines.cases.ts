import { afterEach, describe, expect, it } from "vitest";
import type { Firewall, MachineOrder, Machines } from "./machines";

/** What the suite needs of an implementation. */
export interface Subject {
  readonly machines: Machines;
  /** An order that can be carried out, for a machine of this id; ids of different machines differ in their address. */
  order(id: string): MachineOrder;
}

const firewall: Firewall = {
  inbound: [
    { protocol: "tcp", ports: "22", networks: ["0.0.0.0/0", "::/0"] },
    { protocol: "tcp", ports: "8000-9000", networks: ["10.213.0.0/24"] },
    { protocol: "icmp", ports: "all", networks: ["0.0.0.0/0"] },
  ],
  outbound: [
    { protocol: "tcp", ports: "all", networks: ["0.0.0.0/0", "::/0"] },
    { protocol: "udp", ports: "53", networks: ["0.0.0.0/0"] },
  ],
};

/**
 * Holds an implementation of `Machines` to what its interface says. What only packets can show (a firewall drops, an
 * address answers) is the implementation's own to test.
 * @param name what the suite is called in reports
 * @param make gives the implementation; called once for each test
 * @param extra.address an address that `setExtraAddresses` may add
 */
export function machinesCases(name: string, make: () => Promise<Subject>, extra: { readonly address: string }): void {
  describe(`Machines: ${name}`, () => {
    const used: { machines: Machines; ids: string[] }[] = [];

    async function subject(...ids: string[]): Promise<Subject> {
      const made = await make();
      used.push({ machines: made.machines, ids });
      return made;
    }

    afterEach(async () => {
      for (const { machines, ids } of used.splice(0)) {
        await Promise.all(ids.map((id) => machines.destroy(id)));
      }
    });

    it("has no machine that was not made", async () => {
      const { machines } = await subject();
      expect(await machines.power("droplet-901")).toBe("absent");
      expect(await machines.list()).not.toContain("droplet-901");
    });

    it("makes a machine, turned on, once", async () => {
      const { machines, order } = await subject("droplet-902");
      await machines.create(order("droplet-902"));
      expect(await machines.power("droplet-902")).toBe("on");
      await machines.create(order("droplet-902"));
      expect((await machines.list()).filter((id) => id === "droplet-902")).toEqual(["droplet-902"]);
    });

    it("making a machine that is off turns it on", async () => {
      const { machines, order } = await subject("droplet-903");
      await machines.create(order("droplet-903"));
      await machines.turnOff("droplet-903", "hard");
      await machines.create(order("droplet-903"));
      expect(await machines.power("droplet-903")).toBe("on");
    });

    it("turns a machine off and on, however often it is told", async () => {
      const { machines, order } = await subject("droplet-904");
      await machines.create(order("droplet-904"));
      await machines.turnOff("droplet-904", "graceful");
      await machines.turnOff("droplet-904", "graceful");
      await machines.turnOff("droplet-904", "hard");
      expect(await machines.power("droplet-904")).toBe("off");
      expect(await machines.list()).toContain("droplet-904");
      await machines.turnOn("droplet-904");
      await machines.turnOn("droplet-904");
      expect(await machines.power("droplet-904")).toBe("on");
    });

    it("resizes a machine that is off, which stays off", async () => {
      const { machines, order } = await subject("droplet-905");
      await machines.create(order("droplet-905"));
      await machines.turnOff("droplet-905", "hard");
      await machines.resize("droplet-905", { memory: 2048, vcpus: 2 });
      await machines.resize("droplet-905", { memory: 2048, vcpus: 2 });
      expect(await machines.power("droplet-905")).toBe("off");
      await machines.turnOn("droplet-905");
      expect(await machines.power("droplet-905")).toBe("on");
    });

    it("takes a firewall and extra addresses, changed and taken back, on or off", async () => {
      const { machines, order } = await subject("droplet-906");
      await machines.create(order("droplet-906"));
      await machines.setFirewall("droplet-906", firewall);
      await machines.setFirewall("droplet-906", firewall);
      await machines.setFirewall("droplet-906", { inbound: [], outbound: [] });
      await machines.setExtraAddresses("droplet-906", [extra.address]);
      await machines.setExtraAddresses("droplet-906", [extra.address]);
      await machines.turnOff("droplet-906", "hard");
      await machines.setFirewall("droplet-906", undefined);
      await machines.setExtraAddresses("droplet-906", []);
      await machines.turnOn("droplet-906");
      expect(await machines.power("droplet-906")).toBe("on");
    });

    it("takes disks, more, fewer and larger ones, on or off, and keeps them when the machine goes", async () => {
      const { machines, order } = await subject("droplet-906", "droplet-907");
      const disk = (id: string, size = 1) => ({ id, size, link: `scsi-0DO_Volume_${id}`, fileSystem: "ext4" as const });
      try {
        await machines.create({ ...order("droplet-906"), disks: [disk("one")] });
        expect(await machines.listDisks()).toEqual(["one"]);
        await machines.setDisks("droplet-906", [disk("one", 2), disk("two")]);
        await machines.setDisks("droplet-906", [disk("one", 2), disk("two")]);
        await machines.setDisks("droplet-906", [disk("two")]);
        await machines.turnOff("droplet-906", "hard");
        await machines.setDisks("droplet-906", [disk("one", 2), disk("two")]);
        await machines.turnOn("droplet-906");
        await machines.destroy("droplet-906");
        expect(await machines.listDisks()).toEqual(["one", "two"]);
        await machines.create(order("droplet-907"));
        await machines.setDisks("droplet-907", [disk("one", 2)]);
        await machines.setDisks("droplet-907", []);
      } finally {
        for (const id of ["one", "two"]) await machines.deleteDisk(id);
      }
      expect(await machines.listDisks()).toEqual([]);
    });

    it("destroys a machine, on or off, and nothing else", async () => {
      const { machines, order } = await subject("droplet-907", "droplet-908");
      await machines.create(order("droplet-907"));
      await machines.create(order("droplet-908"));
      await machines.destroy("droplet-907");
      await machines.destroy("droplet-907");
      expect(await machines.power("droplet-907")).toBe("absent");
      expect(await machines.list()).not.toContain("droplet-907");
      expect(await machines.power("droplet-908")).toBe("on");
      await machines.turnOff("droplet-908", "hard");
      await machines.destroy("droplet-908");
      expect(await machines.power("droplet-908")).toBe("absent");
    });

    it("destroys what was never made", async () => {
      const { machines } = await subject();
      await expect(machines.destroy("droplet-909")).resolves.toBeUndefined();
    });

    it("refuses to change what is not there, in one line that names it", async () => {
      const { machines } = await subject();
      const attempts = [
        machines.turnOn("droplet-910"),
        machines.turnOff("droplet-910", "hard"),
        machines.resize("droplet-910", { memory: 1024, vcpus: 1 }),
        machines.setFirewall("droplet-910", firewall),
        machines.setExtraAddresses("droplet-910", [extra.address]),
        machines.setDisks("droplet-910", []),
      ];
      for (const outcome of await Promise.allSettled(attempts)) {
        expect(outcome.status).toBe("rejected");
        const { message } = (outcome as PromiseRejectedResult).reason as Error;
        expect(message).toContain("droplet-910");
        expect(message).not.toContain("\n");
      }
    });
  });
}
