/** What the tests of all plugins use. */
import * as operations from "./operations";
import type { Call, Log, Plugin, Resource } from "./resource";
import { type Properties, reveal } from "./wire";

/** A log that is kept. */
export interface Kept {
  readonly call: Call;
  readonly lines: string[];
}

/** An operation's circumstances, with its log. */
export function keptCall(name = "thing", signal: AbortSignal = new AbortController().signal): Kept {
  const lines: string[] = [];
  const log: Log = (severity, message) => {
    lines.push(`${severity}: ${message}`);
  };
  return { call: { name, log, signal }, lines };
}

/** A resource as the engine keeps it. */
export interface Held {
  readonly id: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
}

/** Drives one resource as the engine would: check, then the operation, with the state in between. */
export function driver(plugin: Plugin, token: string, kept: Kept = keptCall()) {
  const resource = plugin.resources[token] as Resource;
  const plain = (properties: Properties) => reveal(properties) as Properties;
  const checked = (olds: Properties, news: Properties) => {
    const { inputs, failures } = operations.check(resource, olds, news, kept.call.name);
    if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("; "));
    return plain(inputs);
  };
  return {
    resource,
    lines: kept.lines,
    check: checked,
    async create(news: Properties): Promise<Held> {
      const inputs = checked({}, news);
      const made = await operations.create(resource, inputs, false, kept.call);
      return { id: made.id, inputs, outputs: plain(made.outputs) };
    },
    async preview(news: Properties): Promise<Properties> {
      return plain((await operations.create(resource, checked({}, news), true, kept.call)).outputs);
    },
    diff(held: Held, news: Properties) {
      const { parts, ...rest } = operations.diff(resource, held.outputs, held.inputs, checked(held.inputs, news));
      return { ...rest, parts: Object.fromEntries(parts) };
    },
    async update(held: Held, news: Properties): Promise<Held> {
      const inputs = checked(held.inputs, news);
      return {
        id: held.id,
        inputs,
        outputs: plain(await operations.update(resource, held.id, held.outputs, inputs, false, kept.call)),
      };
    },
    async read(held: Held): Promise<Held | undefined> {
      const now = await operations.read(resource, held.id, held.outputs, held.inputs, kept.call);
      return now && { id: held.id, inputs: plain(now.inputs), outputs: plain(now.outputs) };
    },
    delete: (held: Held) => operations.remove(resource, held.id, held.outputs, kept.call),
  };
}
