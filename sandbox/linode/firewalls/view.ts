import { entityOf } from "../instances/model";
import type { State } from "../state";
import { apiTime } from "../time";
import { coveredBy, type Device, type FirewallRecord, fingerprintOf } from "./model";

/** A firewall as the API shows it. */
export function firewallView(state: State, firewall: FirewallRecord) {
  return {
    id: firewall.id,
    label: firewall.label,
    created: apiTime(firewall.created),
    updated: apiTime(firewall.updated),
    status: firewall.status,
    rules: rulesView(firewall),
    tags: firewall.tags,
    entities: coveredBy(state, firewall).map((instance) => ({ ...entityOf(instance), parent_entity: null })),
  };
}

/** The rules of a firewall as the API shows them. */
export function rulesView(firewall: FirewallRecord) {
  return { ...firewall.rules, version: firewall.version, fingerprint: fingerprintOf(firewall.rules) };
}

/** A device of a firewall as the API shows it. */
export function deviceView(state: State, device: Device) {
  const instance = state.instances.find((known) => known.id === device.linode);
  const entity = entityOf(instance ?? { id: device.linode, label: "" });
  const created = apiTime(device.created);
  return { id: device.id, created, updated: created, entity: { ...entity, parent_entity: null } };
}

/** A firewall as events name it. */
export function firewallEntity(firewall: FirewallRecord) {
  const { id, label } = firewall;
  return { type: "firewall", id, label, url: `/v4/networking/firewalls/${id}` } as const;
}
