import type { Resource } from "../resource";
import type { Properties } from "../wire";
import type { Answer, Api } from "./api";

/** A public key of the account's user. */
export function sshKey(api: () => Api): Resource {
  const path = (id: string) => `profile/sshkeys/${id}`;
  const state = (key: Answer): Properties => ({ created: key.created, label: key.label, sshKey: key.ssh_key });
  return {
    required: ["label", "sshKey"],
    replaceOn: ["sshKey"],
    computed: ["created"],
    compare: "state",
    async create(inputs, { signal }) {
      const made = await api().post("profile/sshkeys", { label: inputs.label, ssh_key: inputs.sshKey }, signal);
      return { id: String(made.id), outputs: state(made) };
    },
    async read(id, _state, { signal }) {
      const found = await api().find(path(id), signal);
      return found && state(found);
    },
    async update(id, _state, inputs, { signal }) {
      return state(await api().put(path(id), { label: inputs.label }, signal));
    },
    async delete(id, _state, { signal }) {
      await api().delete(path(id), signal);
    },
  };
}
