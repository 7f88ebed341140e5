import { setImmediate } from "node:timers/promises";
import { typeOf } from "../catalog/types";
import type { Cloud } from "../cloud";
import { type Database, serverId, serverSize } from "../databases/model";
import { ensureServer, findDatabase, onServer } from "../databases/servers";
import { applyFilter, forgetApplied } from "../firewalls/filters";
import { findInstance, forgetInstance, type Instance, machineId, machineOrder } from "../instances/model";
import { resizeDisks } from "../instances/sizes";
import { disksOf, type Volume } from "../volumes/model";
import type { Change } from "./model";

/** Does a change's work on the machines; `started` is called when its turn comes. Can be repeated. Rejects with the machine's own reason. */
export async function carryOut(cloud: Cloud, change: Change, started: () => void): Promise<void> {
  const { machines } = cloud;
  const onMachine = (linode: number, job: (instance: Instance) => Promise<void>) =>
    cloud.work.run(machineId(linode), async () => {
      started();
      const instance = findInstance(cloud.state, linode);
      if (instance && !instance.deleting) await job(instance);
    });
  switch (change.kind) {
    case "boot":
      return onMachine(change.linode, (instance) => turnOn(cloud, instance));
    case "shutdown":
      return onMachine(change.linode, (instance) => turnOff(cloud, instance));
    case "reboot":
      return onMachine(change.linode, async (instance) => {
        await turnOff(cloud, instance);
        await turnOn(cloud, instance);
      });
    case "rebuild":
      return onMachine(change.linode, async (instance) => {
        await machines.destroy(machineId(instance.id));
        instance.absent = true;
      });
    case "resize":
      return onMachine(change.linode, async (instance) => {
        if (instance.absent) return;
        const { memory, vcpus } = typeOf(change.type);
        await turnOff(cloud, instance);
        await machines.resize(machineId(instance.id), { memory, vcpus });
        if (change.on) await turnOn(cloud, instance);
      });
    case "delete":
      return cloud.work.run(machineId(change.linode), () => {
        started();
        return machines.destroy(machineId(change.linode));
      });
    case "volume_create":
    case "volume_resize":
    case "volume_attach":
    case "volume_detach": {
      const volume = cloud.state.volumes.find((known) => known.id === change.volume);
      // The answer that tells of the change goes out before it is over.
      await setImmediate();
      started();
      const concerned = new Set([volume?.linode, volume?.target].flatMap((linode) => linode ?? []));
      for (const linode of concerned) await onMachine(linode, (instance) => applyDisks(cloud, instance));
      return;
    }
    case "database_create":
      return onServer(cloud, change.database, (database) => {
        started();
        return ensureServer(cloud, database);
      });
    case "database_resize":
      return onServer(cloud, change.database, () => {
        started();
        return cloud.databases.resize(serverId(change.database), serverSize(change.type));
      });
    case "create":
    case "disk":
    case "disk_delete":
    case "nothing":
      // No machine is concerned; but the answer that tells of the change goes out before it is over.
      await setImmediate();
      started();
      return;
    default:
      change satisfies never;
  }
}

/** Writes the effect of a change whose work is done into the records. */
export function settle(cloud: Cloud, change: Change): void {
  const { state } = cloud;
  switch (change.kind) {
    case "create":
    case "rebuild":
      onRecord(cloud, change.linode, (instance) => {
        for (const disk of instance.disks) disk.status = "ready";
        instance.status = awaitsBoot(cloud, instance.id) ? "booting" : "offline";
      });
      return;
    case "boot":
    case "reboot":
      onRecord(cloud, change.linode, (instance) => {
        instance.status = "running";
      });
      return;
    case "shutdown":
      onRecord(cloud, change.linode, (instance) => {
        instance.status = "offline";
      });
      return;
    case "resize":
      onRecord(cloud, change.linode, (instance) => {
        if (change.disks) resizeDisks(instance, typeOf(change.type).disk);
        instance.type = change.type;
        instance.status = change.on ? "running" : "offline";
      });
      return;
    case "delete":
      forgetInstance(state, change.linode);
      cloud.filters.delete(change.linode);
      return;
    case "disk":
      onRecord(cloud, change.linode, (instance) => {
        const disk = instance.disks.find((known) => known.id === change.disk);
        if (disk) Object.assign(disk, { status: "ready", size: change.size ?? disk.size });
      });
      return;
    case "disk_delete":
      onRecord(cloud, change.linode, (instance) => {
        instance.disks = instance.disks.filter((disk) => disk.id !== change.disk);
      });
      return;
    case "volume_create":
      onVolume(cloud, change.volume, (volume) => {
        volume.status = "active";
      });
      return;
    case "volume_resize":
      onVolume(cloud, change.volume, (volume) => {
        Object.assign(volume, { status: "active", size: change.size });
        if (volume.targetSize === change.size) delete volume.targetSize;
      });
      return;
    case "volume_attach":
      onVolume(cloud, change.volume, (volume) => {
        const linode = findInstance(state, change.linode) ? change.linode : null;
        Object.assign(volume, { linode, target: linode });
      });
      return;
    case "volume_detach":
      onVolume(cloud, change.volume, (volume) => {
        Object.assign(volume, { linode: null, target: null });
      });
      return;
    case "database_create":
      onDatabase(cloud, change.database, { status: "active" });
      return;
    case "database_resize":
      onDatabase(cloud, change.database, { status: "active", type: change.type, nodes: change.nodes });
      return;
    case "nothing":
      return;
    default:
      change satisfies never;
  }
}

/** Brings the records in line with a change whose work failed. */
export function giveUp(cloud: Cloud, change: Change): void {
  switch (change.kind) {
    case "boot":
    case "reboot":
    case "rebuild":
      onRecord(cloud, change.linode, (instance) => {
        instance.status = "offline";
      });
      return;
    case "shutdown":
      onRecord(cloud, change.linode, (instance) => {
        instance.status = "running";
      });
      return;
    case "resize":
      onRecord(cloud, change.linode, (instance) => {
        instance.status = change.on ? "running" : "offline";
      });
      return;
    case "delete": {
      const instance = findInstance(cloud.state, change.linode);
      if (instance) Object.assign(instance, { deleting: false, status: "offline" });
      return;
    }
    case "volume_attach":
    case "volume_detach":
      onVolume(cloud, change.volume, (volume) => {
        volume.target = volume.linode;
      });
      return;
    case "volume_resize":
      onVolume(cloud, change.volume, (volume) => {
        volume.status = "active";
        if (volume.targetSize === change.size) delete volume.targetSize;
      });
      return;
    case "database_create":
      onDatabase(cloud, change.database, { status: "failed" });
      return;
    case "database_resize":
      onDatabase(cloud, change.database, { status: "active" });
      return;
    default:
      return;
  }
}

function onRecord(cloud: Cloud, id: number, change: (instance: Instance) => void): void {
  const instance = findInstance(cloud.state, id);
  if (instance && !instance.deleting) change(instance);
}

function onVolume(cloud: Cloud, id: number, change: (volume: Volume) => void): void {
  const volume = cloud.state.volumes.find((known) => known.id === id);
  if (volume) change(volume);
}

function onDatabase(cloud: Cloud, id: number, change: Partial<Database>): void {
  const database = findDatabase(cloud, id);
  if (database) Object.assign(database, change);
}

function awaitsBoot(cloud: Cloud, id: number): boolean {
  return cloud.state.events.some(({ holds, change, status }) => {
    return holds === id && change.kind === "boot" && (status === "scheduled" || status === "started");
  });
}

/** Has a Linode's machine hold the disks of its volumes, and no other. */
async function applyDisks(cloud: Cloud, instance: Instance): Promise<void> {
  if (!instance.absent) await cloud.machines.setDisks(machineId(instance.id), disksOf(cloud.state, instance.id));
}

async function turnOff(cloud: Cloud, instance: Instance): Promise<void> {
  if (!instance.absent) await cloud.machines.turnOff(machineId(instance.id), "graceful");
}

async function turnOn(cloud: Cloud, instance: Instance): Promise<void> {
  const id = machineId(instance.id);
  if (instance.absent || (await cloud.machines.power(id)) === "absent") {
    const disks = disksOf(cloud.state, instance.id);
    await cloud.machines.create({ ...machineOrder(instance), ...(disks.length > 0 ? { disks } : {}) });
    instance.absent = false;
    forgetApplied(cloud, instance.id);
  } else {
    // A configuration profile may name volumes that the machine has from its next boot on.
    await applyDisks(cloud, instance);
    await cloud.machines.turnOn(id);
  }
  // Rules that failed to be applied get their second chance here.
  await applyFilter(cloud, instance.id);
}
