import { completion } from "../bridged";
import type { Resource } from "../resource";
import type { Properties } from "../wire";
import type { Answer, Api } from "./api";

/** A public key in the account. */
export function sshKey(api: () => Api): Resource {
  const state = ({ ssh_key: key }: Answer): Properties => ({
    fingerprint: key.fingerprint,
    name: key.name,
    publicKey: key.public_key.trim(),
  });
  return {
    required: ["publicKey"],
    replaceOn: ["publicKey"],
    computed: ["fingerprint"],
    compare: "state",
    uniqueName: true,
    complete: completion({}, { maxLength: 255 }),
    // A line break at the end makes no other key.
    kept: (property, value) => (property === "publicKey" ? String(value).trim() : value),
    async create(inputs, { signal }) {
      const made = await api().post("v2/account/keys", { name: inputs.name, public_key: inputs.publicKey }, signal);
      return { id: String(made.ssh_key.id), outputs: state(made) };
    },
    async read(id, _state, { signal }) {
      const found = await api().find(`v2/account/keys/${id}`, signal);
      return found && state(found);
    },
    async update(id, _state, inputs, { signal }) {
      return state(await api().put(`v2/account/keys/${id}`, { name: inputs.name }, signal));
    },
    async delete(id, _state, { signal }) {
      await api().delete(`v2/account/keys/${id}`, signal);
    },
  };
}
