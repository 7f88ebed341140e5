import type { Resource } from "../resource";
import type { Properties, Value } from "../wire";
import type { Answer, Api } from "./api";

/** What a firewall stands before, where the firewall itself doesn't say it. */
export function firewallDevice(api: () => Api): Resource {
  const path = (firewall: Value | undefined) => `networking/firewalls/${firewall}/devices`;
  const state = (firewallId: Value | undefined, device: Answer): Properties => ({
    created: device.created,
    entityId: device.entity.id,
    entityType: device.entity.type,
    ...(firewallId === undefined ? {} : { firewallId }),
    updated: device.updated,
  });
  return {
    required: ["entityId", "firewallId"],
    replaceOn: ["entityId", "entityType", "firewallId"],
    computed: ["created", "updated"],
    defaults: { entityType: "linode" },
    compare: "state",
    async create(inputs, { signal }) {
      const asked = { id: inputs.entityId, type: inputs.entityType ?? "linode" };
      const made = await api().post(path(inputs.firewallId), asked, signal);
      return { id: String(made.id), outputs: state(inputs.firewallId, made) };
    },
    async read(id, old, { signal }) {
      const found = await api().find(`${path(old.firewallId)}/${id}`, signal);
      return found && state(old.firewallId, found);
    },
    async delete(id, old, { signal }) {
      await api().delete(`${path(old.firewallId)}/${id}`, signal);
    },
  };
}
