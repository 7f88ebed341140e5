import { completion } from "../bridged";
import type { Resource } from "../resource";
import type { Properties, Value } from "../wire";
import type { Answer, Api } from "./api";

const path = (zone: Value | undefined) => `domains/${zone}/records`;

/** Inputs that go to the API under a name of its own, as they are. */
const fields = {
  name: "name",
  port: "port",
  priority: "priority",
  protocol: "protocol",
  service: "service",
  tag: "tag",
  target: "target",
  ttlSec: "ttl_sec",
  weight: "weight",
} as const;

/** Seconds that the API knows; it rounds up to the next. */
const intervals = [
  30, 120, 300, 3_600, 7_200, 14_400, 28_800, 57_600, 86_400, 172_800, 345_600, 604_800, 1_209_600, 2_419_200,
];

function keptSeconds(asked: number): number {
  return asked === 0 ? 0 : (intervals.find((known) => asked <= known) ?? 2_419_200);
}

function body(inputs: Properties): object {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([property, field]) =>
      inputs[property] === undefined ? [] : [[field, inputs[property]]],
    ),
  );
}

/** The API leaves the zone off a name; the state keeps the name as the program says it. */
async function stateOf(api: Api, said: Properties, record: Answer, signal: AbortSignal): Promise<Properties> {
  const known = Object.entries(fields).flatMap(([property, field]): [string, Value][] =>
    record[field] === null || record[field] === undefined ? [] : [[property, record[field]]],
  );
  const state = { ...Object.fromEntries(known), domainId: said.domainId, recordType: record.type };
  if (typeof said.name !== "string" || said.name === "" || said.name === record.name) return state;
  const { domain } = await api.get(`domains/${said.domainId}`, signal);
  const short = said.name.endsWith(domain) ? said.name.slice(0, -domain.length).replace(/\.$/, "") : said.name;
  return short === record.name ? { ...state, name: said.name } : state;
}

/** A record of a DNS zone. */
export function domainRecord(api: () => Api): Resource {
  return {
    required: ["domainId", "recordType", "target"],
    replaceOn: ["domainId", "recordType"],
    computed: [],
    chosen: ["name"],
    compare: "state",
    complete: completion({}),
    kept: (property, value) => (property === "ttlSec" ? keptSeconds(Number(value)) : value),
    async create(inputs, { signal }) {
      const made = await api().post(path(inputs.domainId), { ...body(inputs), type: inputs.recordType }, signal);
      return { id: String(made.id), outputs: await stateOf(api(), inputs, made, signal) };
    },
    async read(id, state, { signal }) {
      const found = await api().find(`${path(state.domainId)}/${id}`, signal);
      return found && stateOf(api(), state, found, signal);
    },
    async update(id, state, inputs, { signal }) {
      const changed = await api().put(`${path(state.domainId)}/${id}`, body(inputs), signal);
      return stateOf(api(), { ...inputs, domainId: state.domainId }, changed, signal);
    },
    async delete(id, state, { signal }) {
      await api().delete(`${path(state.domainId)}/${id}`, signal);
    },
  };
}
