import type { Call, Failure, Resource } from "../resource";
import type { Properties } from "../wire";
import { type Api, idOf } from "./api";

/**
 * A secret of an environment. What is in it can't be read back. That somebody changed it by hand shows as another date of change and, as
 * with the real plugin, asks for nothing.
 */
export function environmentSecret(api: () => Api): Resource {
  const path = ({ repositoryId, environment }: Properties) =>
    `repositories/${repositoryId}/environments/${encodeURIComponent(String(environment))}/secrets`;
  const put = async (place: Properties, inputs: Properties, signal: AbortSignal): Promise<Properties> => {
    const { key, key_id } = await api().get(`${path(place)}/public-key`, signal);
    const encrypted_value = await seal(String(inputs.value), key);
    await api().put(`${path(place)}/${place.secretName}`, { encrypted_value, key_id }, signal);
    const found = await api().get(`${path(place)}/${place.secretName}`, signal);
    return {
      ...place,
      value: inputs.value,
      keyId: key_id,
      createdAt: found.created_at,
      updatedAt: found.updated_at,
      remoteUpdatedAt: found.updated_at,
    };
  };
  return {
    required: ["environment", "repository", "secretName"],
    replaceOn: ["environment", "repository", "secretName"],
    computed: ["createdAt", "keyId", "remoteUpdatedAt", "repositoryId", "updatedAt"],
    changing: ["remoteUpdatedAt", "updatedAt"],
    secrets: ["value"],
    compare: "state",
    mistakes: ({ secretName, value }) => [
      ...nameMistakes("secretName", String(secretName)),
      ...(value === undefined ? [{ property: "value", reason: "'value' must be given" }] : []),
    ],
    async create(inputs, { signal }) {
      const { id } = await api().get(await api().repository(inputs.repository, signal), signal);
      const { repository, environment, secretName } = inputs;
      const place = { repository, repositoryId: id, environment, secretName };
      return { id: idOf(repository, environment, secretName), outputs: await put(place, inputs, signal) };
    },
    async read(_id, state, { signal }) {
      const found = await api().find(`${path(state)}/${state.secretName}`, signal);
      return found && { ...state, remoteUpdatedAt: found.updated_at };
    },
    async update(_id, state, inputs, { signal }) {
      const { repositoryId, environment, secretName } = state;
      return put({ repository: inputs.repository, repositoryId, environment, secretName }, inputs, signal);
    },
    delete: (_id, state, { signal }: Call) => api().discard(`${path(state)}/${state.secretName}`, signal),
  };
}

/** A value in a box that only the owner of the key opens. @param key base64 */
async function seal(value: string, key: string): Promise<string> {
  const { default: sodium } = await import("libsodium-wrappers");
  await sodium.ready;
  return Buffer.from(sodium.crypto_box_seal(value, Buffer.from(key, "base64"))).toString("base64");
}

/** What is wrong with the name of a secret or a variable, in the real plugin's words, which are the same for both. */
export function nameMistakes(property: string, name: string): readonly Failure[] {
  const reasons: string[] = [];
  if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name)) {
    reasons.push(
      "secret names can only contain alphanumeric characters or underscores and must not start with a number",
    );
  }
  if (name.toUpperCase().startsWith("GITHUB_")) reasons.push("secret names must not start with the GITHUB_ prefix");
  return reasons.map((reason) => ({ property, reason }));
}
