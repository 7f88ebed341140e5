import { setImmediate } from "node:timers/promises";
import { findSize } from "../catalog/sizes";
import type { Cloud } from "../cloud";
import { type Droplet, findDroplet, forgetDroplet, machineId, machineOrder, setSize } from "../droplets/model";
import { applyFilter, forgetApplied } from "../firewalls/filters";
import { extraAddresses } from "../reservedips/model";
import { disksOf } from "../volumes/model";
import type { Change } from "./model";

/** Does a change's work on the machines. Can be repeated. Rejects with the machine's own reason. */
export async function carryOut(cloud: Cloud, change: Change): Promise<void> {
  const { machines, state } = cloud;
  switch (change.kind) {
    case "create":
      return onMachine(cloud, change.droplet, (droplet) => make(cloud, droplet));
    case "destroy":
      return cloud.work.run(machineId(change.droplet), () => machines.destroy(machineId(change.droplet)));
    case "turn_on":
      return onMachine(cloud, change.droplet, (droplet) => turnOn(cloud, droplet));
    case "turn_off":
      return onMachine(cloud, change.droplet, async (droplet) => {
        if (!droplet.absent) await machines.turnOff(machineId(droplet.id), change.how);
      });
    case "restart":
      return onMachine(cloud, change.droplet, async (droplet) => {
        if (!droplet.absent) await machines.turnOff(machineId(droplet.id), change.how);
        await turnOn(cloud, droplet);
      });
    case "resize": {
      const size = findSize(change.size);
      if (!size) throw new Error(`there is no size ${change.size}`);
      return onMachine(cloud, change.droplet, async (droplet) => {
        if (!droplet.absent) {
          await machines.resize(machineId(droplet.id), { memory: size.memory, vcpus: size.vcpus });
        }
      });
    }
    case "address": {
      if (change.from !== null && change.from !== change.to) await applyAddresses(cloud, change.from);
      if (change.to !== null) await applyAddresses(cloud, change.to);
      return;
    }
    case "volume":
    case "volume_size": {
      const volume = state.volumes.find((known) => known.id === change.volume);
      // The answer that tells of the action goes out before it is completed.
      await setImmediate();
      const concerned = new Set([volume?.droplet, volume?.target].flatMap((droplet) => droplet ?? []));
      for (const droplet of concerned) await applyDisks(cloud, droplet);
      return;
    }
    case "rename":
    case "ipv6":
    case "backups":
    case "nothing":
      // No machine is concerned; but the answer that tells of the action goes out before it is completed.
      await setImmediate();
      return;
    default:
      change satisfies never;
  }
}

/** Writes the effect of a change whose work is done into the records. */
export function settle(cloud: Cloud, change: Change): void {
  const { state } = cloud;
  const droplet = "droplet" in change && change.droplet !== null ? findDroplet(state, change.droplet) : undefined;
  switch (change.kind) {
    case "create":
    case "turn_on":
    case "restart":
      if (droplet) droplet.status = "active";
      return;
    case "turn_off":
      if (droplet) droplet.status = "off";
      return;
    case "destroy":
      forgetDroplet(state, change.droplet);
      cloud.filters.delete(change.droplet);
      return;
    case "resize": {
      const size = findSize(change.size);
      if (droplet && size) setSize(droplet, size, change.disk);
      return;
    }
    case "rename":
      if (droplet) droplet.name = change.name;
      return;
    case "ipv6":
      if (droplet) droplet.ipv6 = true;
      return;
    case "backups":
      if (droplet) droplet.backupPolicy = change.policy;
      return;
    case "address": {
      const ip = state.reservedIps.find((known) => known.ip === change.ip);
      if (ip) ip.droplet = change.to;
      return;
    }
    case "volume": {
      const volume = state.volumes.find((known) => known.id === change.volume);
      if (volume) Object.assign(volume, { droplet: change.droplet, target: change.droplet });
      return;
    }
    case "volume_size": {
      const volume = state.volumes.find((known) => known.id === change.volume);
      if (volume) volume.size = change.size;
      if (volume?.targetSize === change.size) delete volume.targetSize;
      return;
    }
    case "nothing":
      return;
    default:
      change satisfies never;
  }
}

/** Brings the records in line with a change whose work failed. */
export function giveUp(cloud: Cloud, change: Change): void {
  const { state } = cloud;
  switch (change.kind) {
    case "create": {
      // `off` ends a client's wait for `active` at once, where `new` would keep it waiting; power_on tries again.
      const droplet = findDroplet(state, change.droplet);
      if (droplet) droplet.status = "off";
      return;
    }
    case "restart": {
      const droplet = findDroplet(state, change.droplet);
      if (droplet) droplet.status = "off";
      return;
    }
    case "destroy": {
      const droplet = findDroplet(state, change.droplet);
      if (droplet) droplet.destroying = false;
      return;
    }
    case "address": {
      const ip = state.reservedIps.find((known) => known.ip === change.ip);
      if (ip) ip.target = ip.droplet;
      return;
    }
    case "volume": {
      const volume = state.volumes.find((known) => known.id === change.volume);
      if (volume) volume.target = volume.droplet;
      return;
    }
    case "volume_size": {
      const volume = state.volumes.find((known) => known.id === change.volume);
      if (volume?.targetSize === change.size) delete volume.targetSize;
      return;
    }
    default:
      return;
  }
}

/** Sets the addresses of a droplet's machine to those it should have. A droplet that is gone needs none. */
export function applyAddresses(cloud: Cloud, id: number): Promise<void> {
  return onMachine(cloud, id, async (droplet) => {
    if (droplet.absent) return;
    await cloud.machines.setExtraAddresses(machineId(id), extraAddresses(cloud.state, id));
  });
}

/** Has a droplet's machine hold the disks of its volumes, and no other. */
function applyDisks(cloud: Cloud, id: number): Promise<void> {
  return onMachine(cloud, id, async (droplet) => {
    if (!droplet.absent) await cloud.machines.setDisks(machineId(id), disksOf(cloud.state, id));
  });
}

function onMachine(cloud: Cloud, id: number, job: (droplet: Droplet) => Promise<void>): Promise<void> {
  return cloud.work.run(machineId(id), async () => {
    const droplet = findDroplet(cloud.state, id);
    if (droplet && !droplet.destroying) await job(droplet);
  });
}

async function make(cloud: Cloud, droplet: Droplet): Promise<void> {
  const disks = disksOf(cloud.state, droplet.id);
  await cloud.machines.create({ ...machineOrder(droplet), ...(disks.length > 0 ? { disks } : {}) });
  droplet.absent = false;
  forgetApplied(cloud, droplet.id);
  await applyFilter(cloud, droplet.id);
  const addresses = extraAddresses(cloud.state, droplet.id);
  if (addresses.length > 0) await cloud.machines.setExtraAddresses(machineId(droplet.id), addresses);
}

async function turnOn(cloud: Cloud, droplet: Droplet): Promise<void> {
  if (droplet.absent || (await cloud.machines.power(machineId(droplet.id))) === "absent") {
    await make(cloud, droplet);
    return;
  }
  await cloud.machines.turnOn(machineId(droplet.id));
  // Rules that failed to be applied get their second chance here.
  await applyFilter(cloud, droplet.id);
}
