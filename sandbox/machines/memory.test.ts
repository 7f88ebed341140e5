import { describe, expect, it } from "vitest";
import type { MachineOrder } from "./machines";
import { machinesCases } from "./machines.cases";
import { memoryMachines } from "./memory";

const order = (id: string): MachineOrder => ({
  id,
  hostname: id,
  image: "golden",
  address: `10.213.0.${Number(id.slice(-2)) + 10}`,
  memory: 1024,
  vcpus: 1,
  sshKeys: [],
});

machinesCases("in memory", async () => ({ machines: memoryMachines(), order }), { address: "10.213.0.200" });

describe("memory machines", () => {
  it("shows a machine as it stands", async () => {
    const machines = memoryMachines();
    await machines.create(order("droplet-1"));
    await machines.resize("droplet-1", { memory: 4096, vcpus: 2 });
    await machines.setExtraAddresses("droplet-1", ["10.213.0.200"]);
    expect(machines.look("droplet-1")).toEqual({
      order: order("droplet-1"),
      capacity: { memory: 4096, vcpus: 2 },
      power: "on",
      firewall: undefined,
      extraAddresses: ["10.213.0.200"],
      disks: [],
    });
    expect(machines.look("droplet-2")).toBeUndefined();
  });

  it("fails where it is told to", async () => {
    const machines = memoryMachines();
    machines.breakMachine("droplet-1", "no room on the disk");
    await expect(machines.create(order("droplet-1"))).rejects.toThrow("no room on the disk");
    expect(await machines.list()).toEqual([]);
    machines.breakMachine("droplet-1");
    await machines.create(order("droplet-1"));
    expect(await machines.list()).toEqual(["droplet-1"]);
  });
});
