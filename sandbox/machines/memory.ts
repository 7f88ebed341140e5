import type { Capacity, Disk, Firewall, MachineOrder, Machines, Power } from "./machines";

/** A machine that is only a record. */
export interface MemoryMachine {
  readonly order: MachineOrder;
  capacity: Capacity;
  power: "on" | "off";
  firewall: Firewall | undefined;
  extraAddresses: readonly string[];
  disks: readonly Disk[];
}

/** Machines in memory, and a view into them for tests. */
export interface MemoryMachines extends Machines {
  /** The machine of an id as it stands, or `undefined`. */
  look(id: string): MemoryMachine | undefined;
  /** Has every method fail for a machine, with this reason, until it is called without one. */
  breakMachine(id: string, reason?: string): void;
  /** Has every call wait until the function that is returned is called. */
  hold(): () => void;
}

/** Makes machines that are records in memory: the emulated clouds' tests need no engine. */
export function memoryMachines(): MemoryMachines {
  const machines = new Map<string, MemoryMachine>();
  const disks = new Set<string>();
  const broken = new Map<string, string>();
  let held: Promise<void> = Promise.resolve();

  async function enter(id: string): Promise<void> {
    await held;
    const reason = broken.get(id);
    if (reason !== undefined) throw new Error(reason);
  }
  async function existing(id: string): Promise<MemoryMachine> {
    await enter(id);
    const machine = machines.get(id);
    if (!machine) throw new Error(`there is no machine ${id}`);
    return machine;
  }

  return {
    async create(order) {
      await enter(order.id);
      const machine = machines.get(order.id);
      if (machine) {
        machine.power = "on";
        return;
      }
      const { memory, vcpus } = order;
      const capacity = { memory, vcpus };
      for (const disk of order.disks ?? []) disks.add(disk.id);
      machines.set(order.id, {
        order,
        capacity,
        power: "on",
        firewall: undefined,
        extraAddresses: [],
        disks: order.disks ?? [],
      });
    },
    async destroy(id) {
      await enter(id);
      machines.delete(id);
    },
    async power(id): Promise<Power> {
      await enter(id);
      return machines.get(id)?.power ?? "absent";
    },
    async turnOn(id) {
      (await existing(id)).power = "on";
    },
    async turnOff(id) {
      (await existing(id)).power = "off";
    },
    async resize(id, { memory, vcpus }) {
      (await existing(id)).capacity = { memory, vcpus };
    },
    async setFirewall(id, firewall) {
      (await existing(id)).firewall = firewall;
    },
    async setExtraAddresses(id, addresses) {
      (await existing(id)).extraAddresses = [...addresses];
    },
    async setDisks(id, wanted) {
      (await existing(id)).disks = [...wanted];
      for (const disk of wanted) disks.add(disk.id);
    },
    async deleteDisk(id) {
      await enter(id);
      disks.delete(id);
    },
    async listDisks() {
      await held;
      return [...disks].sort();
    },
    async list() {
      await held;
      return [...machines.keys()];
    },
    look: (id) => machines.get(id),
    breakMachine(id, reason) {
      if (reason === undefined) broken.delete(id);
      else broken.set(id, reason);
    },
    hold() {
      let release: (() => void) | undefined;
      held = new Promise((resolve) => {
        release = resolve;
      });
      return () => release?.();
    },
  };
}
