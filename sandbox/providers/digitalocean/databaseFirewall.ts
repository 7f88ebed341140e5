import { randomBytes } from "node:crypto";
import { completion } from "../bridged";
import type { Failure, Resource } from "../resource";
import type { Properties, Value } from "../wire";
import type { Answer, Api } from "./api";

const types = ["ip_addr", "droplet", "k8s", "tag", "app"];

function body(rules: Value | undefined): object {
  return { rules: ((rules ?? []) as readonly Properties[]).map(({ type, value }) => ({ type, value })) };
}

function mistakes({ rules }: Properties): Failure[] {
  return ((rules ?? []) as readonly Properties[]).flatMap(({ type }, at) =>
    types.includes(String(type))
      ? []
      : [{ property: "rules", reason: `rules[${at}].type is ${JSON.stringify(type)}; allowed: ${types.join(", ")}` }],
  );
}

/** The trusted sources of a cluster, all of them. */
export function databaseFirewall(api: () => Api): Resource {
  const path = (cluster: unknown) => `v2/databases/${cluster}/firewall`;
  const state = (clusterId: Value | undefined, { rules }: Answer): Properties => ({
    clusterId,
    rules: rules.map(
      (rule: Answer): Properties => ({
        createdAt: rule.created_at,
        type: rule.type,
        uuid: rule.uuid,
        value: rule.value,
      }),
    ),
  });
  const put = async ({ clusterId, rules }: Properties, signal: AbortSignal) => {
    await api().put(path(clusterId), body(rules), signal);
    return state(clusterId, await api().get(path(clusterId), signal));
  };
  return {
    required: ["clusterId", "rules"],
    replaceOn: ["clusterId"],
    computed: [],
    sets: ["rules"],
    compare: "state",
    complete: completion({}),
    mistakes,
    // The API adds an id and a time to each.
    compared: (property, value) =>
      property === "rules" && Array.isArray(value)
        ? (value as Properties[]).map(({ type, value: source }): Properties => ({ type, value: source }))
        : value,
    async create(inputs, { signal }) {
      const outputs = await put(inputs, signal);
      return { id: `${inputs.clusterId}-${randomBytes(13).toString("hex")}`, outputs };
    },
    async read(_id, { clusterId }, { signal }) {
      const found = await api().find(path(clusterId), signal);
      return found && state(clusterId, found);
    },
    update: (_id, _state, inputs, { signal }) => put(inputs, signal),
    async delete(_id, { clusterId }, { signal }) {
      await api().put(path(clusterId), { rules: [] }, signal);
    },
  };
}
