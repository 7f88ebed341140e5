import type { Resource } from "../resource";
import type { Properties } from "../wire";
import { type Answer, type Api, idOf } from "./api";
import { nameMistakes } from "./secret";

/** A variable of an environment. */
export function environmentVariable(api: () => Api): Resource {
  const path = async ({ repository, environment }: Properties, signal: AbortSignal) => {
    const name = encodeURIComponent(String(environment));
    return `${await api().repository(repository, signal)}/environments/${name}/variables`;
  };
  const shown = (old: Properties, found: Answer): Properties => ({
    repository: old.repository,
    repositoryId: old.repositoryId,
    environment: old.environment,
    variableName: old.variableName,
    value: found.value,
    createdAt: found.created_at,
    updatedAt: found.updated_at,
  });
  return {
    required: ["environment", "repository", "value", "variableName"],
    replaceOn: ["environment", "repository", "variableName"],
    computed: ["createdAt", "repositoryId", "updatedAt"],
    changing: ["updatedAt"],
    compare: "state",
    mistakes: ({ variableName }) => nameMistakes("variableName", String(variableName)),
    async create(inputs, { signal }) {
      const { repository, environment, variableName: name, value } = inputs;
      const place = await path(inputs, signal);
      await api().post(place, { name, value }, signal);
      const { id } = await api().get(await api().repository(repository, signal), signal);
      const found = await api().get(`${place}/${name}`, signal);
      return { id: idOf(repository, environment, name), outputs: shown({ ...inputs, repositoryId: id }, found) };
    },
    async read(_id, state, { signal }) {
      const found = await api().find(`${await path(state, signal)}/${state.variableName}`, signal);
      return found && shown(state, found);
    },
    async update(_id, state, inputs, { signal }) {
      const own = `${await path(state, signal)}/${state.variableName}`;
      await api().patch(own, { name: state.variableName, value: inputs.value }, signal);
      return shown(state, await api().get(own, signal));
    },
    async delete(_id, state, { signal }) {
      await api().discard(`${await path(state, signal)}/${state.variableName}`, signal);
    },
  };
}
