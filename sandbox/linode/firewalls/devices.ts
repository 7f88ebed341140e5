import type { Cloud } from "../cloud";
import { refused } from "../errors";
import { notify } from "../events/run";
import { entityOf, findInstance, type Instance } from "../instances/model";
import { type Device, type FirewallRecord, firewallOf } from "./model";
import { firewallEntity } from "./view";

/** Puts a firewall before a Linode. Throws the API's 400 if another that is in force stands there. */
export function attach(cloud: Cloud, id: number, instance: Instance): Device {
  const firewall = cloud.state.firewalls.find((known) => known.id === id);
  if (!firewall) throw refused("firewall_id is not valid", "firewall_id");
  requireFree(cloud, instance.id, firewall);
  const existing = firewall.devices.find((device) => device.linode === instance.id);
  if (existing) return existing;
  cloud.state.counters.device += 1;
  const device: Device = { id: cloud.state.counters.device, linode: instance.id, created: cloud.clock.now() };
  firewall.devices.push(device);
  notify(cloud, "firewall_device_add", firewallEntity(firewall), entityOf(instance));
  return device;
}

/** The Linode of an id in a request. Throws the API's 400 for one that does not exist. */
export function requireLinode(cloud: Cloud, id: number, field: string): Instance {
  const instance = findInstance(cloud.state, id);
  if (!instance || instance.deleting) throw refused(`Invalid Linode ID ${id}`, field);
  return instance;
}

/** Throws the API's 400 if a firewall other than this one is in force before a Linode. */
export function requireFree(cloud: Cloud, linode: number, firewall?: FirewallRecord): void {
  const other = firewallOf(cloud.state, linode);
  if (!other || other === firewall || firewall?.status === "disabled") return;
  throw refused(`Linode ${linode} already has an enabled Cloud Firewall: ${other.id}`, "devices");
}
