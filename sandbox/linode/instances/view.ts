import { createHash } from "node:crypto";
import ipaddr from "ipaddr.js";
import { findRegion } from "../catalog/regions";
import { typeOf } from "../catalog/types";
import { apiTime } from "../time";
import { interfaceView } from "./interfaces";
import type { Config, Disk, Instance } from "./model";

/** A Linode as the API shows it. */
export function instanceView(instance: Instance) {
  const type = typeOf(instance.type);
  return {
    id: instance.id,
    label: instance.label,
    group: instance.group,
    status: instance.deleting ? "deleting" : instance.status,
    created: apiTime(instance.created),
    updated: apiTime(instance.updated),
    type: instance.type,
    ipv4: [instance.address, ...(instance.privateAddress === null ? [] : [instance.privateAddress])],
    ipv6: `${ipv6Of(instance)}/128`,
    image: instance.image,
    region: instance.region,
    site_type: "core",
    specs: {
      disk: type.disk,
      memory: type.memory,
      vcpus: type.vcpus,
      gpus: 0,
      transfer: type.transfer,
      accelerated_devices: 0,
    },
    alerts: { ...instance.alerts, system_alerts: [], user_alerts: [] },
    backups: {
      enabled: instance.backups,
      available: false,
      schedule: instance.backupSchedule,
      last_successful: null,
    },
    hypervisor: "kvm",
    watchdog_enabled: instance.watchdog,
    tags: instance.tags,
    host_uuid: createHash("sha1").update(`host/${instance.region}`).digest("hex"),
    has_user_data: instance.userData !== null,
    placement_group: null,
    disk_encryption: instance.diskEncryption,
    lke_cluster_id: null,
    capabilities: (findRegion(instance.region)?.capabilities ?? []).filter((name) => SHOWN.includes(name)),
    interface_generation: instance.interfaceGeneration,
    maintenance_policy: instance.maintenancePolicy,
    locks: [],
  };
}

const SHOWN = ["Block Storage Encryption", "Maintenance Policy"];

/** A Linode's IPv6 address, on record. */
export function ipv6Of(instance: Instance): string {
  return ipaddr.parse(`2001:db8::f03c:95ff:${instance.id.toString(16).replace(/(.{4})$/, ":$1")}`).toString();
}

/** A disk as the API shows it. */
export function diskView(instance: Instance, disk: Disk) {
  return {
    id: disk.id,
    status: disk.status,
    label: disk.label,
    created: apiTime(disk.created),
    updated: apiTime(disk.created),
    filesystem: disk.filesystem,
    size: disk.size,
    disk_encryption: instance.diskEncryption,
  };
}

/** A config as the API shows it. */
export function configView(instance: Instance, config: Config) {
  return {
    id: config.id,
    label: config.label,
    helpers: config.helpers,
    kernel: config.kernel,
    comments: config.comments,
    memory_limit: config.memoryLimit,
    created: apiTime(config.created),
    updated: apiTime(config.created),
    root_device: config.rootDevice,
    devices: config.devices,
    initrd: config.initrd,
    run_level: config.runLevel,
    virt_mode: config.virtMode,
    interfaces: config.interfaces.map((one) => interfaceView(one, instance.status === "running", instance.address)),
  };
}
