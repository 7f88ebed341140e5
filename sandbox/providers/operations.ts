/**
 * The operations that Pulumi's engine asks of a plugin, on top of what a {@link Resource} says of itself: defaults and
 * names, what a preview knows, what is secret. Knows nothing of the transport.
 */
import { type Changes, changes, keptForm } from "./changes";
import type { Call, Failure, Made, Resource } from "./resource";
import { hasUnknown, type Properties, reveal, secret, unknown, type Value } from "./wire";

/** Inputs as the state keeps them, or what is wrong with them. */
export interface Checked {
  readonly inputs: Properties;
  readonly failures: readonly Failure[];
}

/** Fills in what the program left out and looks for mistakes. */
export function check(resource: Resource, olds: Properties, news: Properties, name: string): Checked {
  const given = compact(news);
  const missing = resource.required
    .filter((property) => given[property] === undefined)
    .map((property) => ({ property, reason: `'${property}' is required and was not given` }));
  const mistakes = hasUnknown(given) || missing.length > 0 ? [] : (resource.mistakes?.(given) ?? []);
  const complete = resource.complete?.(given, olds, name) ?? given;
  return { inputs: concealed(resource, complete), failures: [...missing, ...mistakes] };
}

/** The program's inputs without secrets' marks and without what an earlier run noted beside them. */
function compact(properties: Properties): Properties {
  const kept = Object.entries(properties).filter(([name, value]) => !name.startsWith("__") && value !== undefined);
  return Object.fromEntries(kept.map(([name, value]) => [name, reveal(value as Value)]));
}

/** What the program's inputs would change. */
export function diff(resource: Resource, state: Properties, oldInputs: Properties, news: Properties): Changes {
  return changes(resource, plain(state), plain(oldInputs), plain(news));
}

/** Makes the resource; a preview makes nothing and says what would be known of it. */
export async function create(resource: Resource, inputs: Properties, preview: boolean, call: Call): Promise<Made> {
  const given = plain(inputs);
  if (preview) {
    const outputs = (await resource.preview?.(given, call)) ?? {
      ...notKnown([...(resource.chosen ?? []), ...resource.computed]),
      ...resource.defaults,
      ...visible(resource, given),
    };
    return { id: "", outputs: concealed(resource, outputs) };
  }
  const made = await resource.create(given, call);
  return { id: made.id, outputs: concealed(resource, made.outputs) };
}

/** The state and the inputs as the other side has them now; `undefined` if the resource is gone. */
export async function read(
  resource: Resource,
  id: string,
  state: Properties,
  inputs: Properties,
  call: Call,
): Promise<{ outputs: Properties; inputs: Properties } | undefined> {
  const old = plain(state);
  const now = resource.read === undefined ? old : await resource.read(id, old, call);
  if (now === undefined) return undefined;
  return {
    outputs: concealed(resource, now),
    inputs: concealed(resource, inputsNow(resource, plain(inputs), old, now)),
  };
}

/** The program's inputs with what the other side now says instead, where that changed. */
function inputsNow(resource: Resource, inputs: Properties, old: Properties, now: Properties): Properties {
  const computed = new Set(resource.computed);
  const known =
    Object.keys(inputs).length > 0 ? Object.keys(inputs) : Object.keys(now).filter((name) => !computed.has(name));
  return Object.fromEntries(
    known.map((name) => {
      const same = JSON.stringify(old[name]) === JSON.stringify(now[name]);
      return [name, name in inputs && (same || name.startsWith("__")) ? inputs[name] : now[name]];
    }),
  );
}

/** Changes the resource in place; a preview changes nothing and says what would be known of it. */
export async function update(
  resource: Resource,
  id: string,
  state: Properties,
  inputs: Properties,
  preview: boolean,
  call: Call,
): Promise<Properties> {
  const old = plain(state);
  const given = plain(inputs);
  if (preview) return concealed(resource, { ...settled(resource, old, given), ...notKnown(resource.changing ?? []) });
  const outputs = (await resource.update?.(id, old, given, call)) ?? settled(resource, old, given);
  return concealed(resource, outputs);
}

/** Removes the resource. */
export async function remove(resource: Resource, id: string, state: Properties, call: Call): Promise<void> {
  await resource.delete?.(id, plain(state), call);
}

function plain(properties: Properties): Properties {
  return reveal(properties) as Properties;
}

/** The old state with the new inputs; an input that is given no more is gone, or what the default says. */
function settled(resource: Resource, old: Properties, given: Properties): Properties {
  const computed = [...resource.computed, ...(resource.chosen ?? [])];
  return {
    ...Object.fromEntries(computed.map((name) => [name, old[name]])),
    ...resource.defaults,
    ...visible(resource, given),
  };
}

/** Inputs less the bookkeeping, in the form that the state keeps. */
function visible(resource: Resource, inputs: Properties): Properties {
  const given = Object.entries(inputs).filter(([name, value]) => !name.startsWith("__") && value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, keptForm(resource, name, value as Value)]));
}

function notKnown(names: readonly string[]): Properties {
  return Object.fromEntries(names.map((name) => [name, unknown]));
}

/** Marks what is always secret; the engine marks what was secret in the program. */
function concealed(resource: Resource, properties: Properties): Properties {
  const secrets = new Set(resource.secrets);
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, secrets.has(name) ? secret(value as Value) : value]),
  );
}
