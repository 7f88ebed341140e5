import type { Resource } from "../resource";
import type { Properties } from "../wire";
import { type Answer, type Api, idOf } from "./api";

/** A key that opens one repository to git; it never changes. */
export function deployKey(api: () => Api): Resource {
  const keys = async (repository: unknown, signal: AbortSignal) => `${await api().repository(repository, signal)}/keys`;
  const shown = (repository: Properties["repository"], found: Answer): Properties => ({
    key: found.key,
    readOnly: found.read_only,
    repository,
    title: found.title,
    etag: "",
  });
  return {
    required: ["key", "repository", "title"],
    replaceOn: ["key", "readOnly", "repository", "title"],
    computed: ["etag"],
    defaults: { readOnly: true },
    compare: "state",
    // GitHub keeps no comment.
    kept: (property, value) => (property === "key" ? String(value).trim().split(/\s+/).slice(0, 2).join(" ") : value),
    async create(inputs, { signal }) {
      const { key, title, repository } = inputs;
      const asked = { key, title, read_only: inputs.readOnly ?? true };
      const made = await api().post(await keys(repository, signal), asked, signal);
      return { id: idOf(repository, made.id), outputs: shown(repository, made) };
    },
    async read(id, state, { signal }) {
      const found = await api().find(`${await keys(state.repository, signal)}/${numberIn(id)}`, signal);
      return found && shown(state.repository, found);
    },
    async delete(id, state, { signal }) {
      await api().discard(`${await keys(state.repository, signal)}/${numberIn(id)}`, signal);
    },
  };
}

function numberIn(id: string): string {
  return id.split(":").at(-1) ?? "";
}
