/** Decides what of a resource changed, and what that asks for. Pure. */
import type { Resource } from "./resource";
import { asAsset, hasUnknown, type Properties, type Value } from "./wire";

/** How one part of a resource differs. */
export type Change = "add" | "delete" | "update";

/** What a run would do to a resource. */
export interface Changes {
  /** By path, e.g. `tags[1]` or `connection.host`. */
  readonly parts: ReadonlyMap<string, Change>;
  /** Top-level properties that differ. */
  readonly properties: readonly string[];
  /** Those of {@link properties} that ask for a new resource. */
  readonly replaces: readonly string[];
  /** The old resource must go before the new one comes, as both would have the same name. */
  readonly deleteFirst: boolean;
}

/** Inputs that belong to the engine and to the bookkeeping of defaults, and say nothing of the resource. */
const internal = (property: string) => property.startsWith("__") || property === "version";

/** Compares a resource with what the program now asks for. */
export function changes(resource: Resource, state: Properties, oldInputs: Properties, news: Properties): Changes {
  const all =
    resource.compare === "inputs"
      ? differences(without(oldInputs), without(news))
      : stateDifferences(resource, state, news);
  const parts = new Map([...all].filter(([path]) => !(resource.ignores?.(path) ?? false)));
  const properties = [...new Set([...parts.keys()].map(topLevel))];
  const replaces = properties.filter((property) => resource.replaceOn.includes(property));
  return { parts, properties, replaces, deleteFirst: replaces.length > 0 && keepsName(resource, state, news) };
}

function without(inputs: Properties): Properties {
  return Object.fromEntries(Object.entries(inputs).filter(([property]) => !internal(property)));
}

/** The first part of a path. */
function topLevel(path: string): string {
  return /^[^.[]*/.exec(path)?.[0] ?? path;
}

function keepsName(resource: Resource, state: Properties, news: Properties): boolean {
  if (resource.uniqueName !== true || news.name === undefined || news.name !== state.name) return false;
  return !(Array.isArray(news.__defaults) && news.__defaults.includes("name"));
}

function stateDifferences(resource: Resource, state: Properties, news: Properties): Map<string, Change> {
  const found = new Map<string, Change>();
  const outputs = new Set(resource.computed);
  const names = new Set([...Object.keys(state), ...Object.keys(news)]);
  for (const name of [...names].sort()) {
    if (internal(name) || outputs.has(name)) continue;
    const given = news[name] ?? resource.defaults?.[name];
    const old = comparedForm(resource, name, state[name]);
    if (given === undefined) {
      if (!(resource.chosen?.includes(name) ?? false) && !isEmpty(old)) found.set(name, "delete");
      continue;
    }
    const kept = keptForm(resource, name, given);
    if (isEmpty(old) && isEmpty(kept)) continue;
    const different = (resource.sets?.includes(name) ?? false) ? memberDifferences : difference;
    if (old === undefined || isEmptyList(old)) found.set(name, "add");
    else for (const [path, change] of different(name, old, kept)) found.set(path, change);
  }
  return found;
}

/** An input in the form that the state keeps; one that isn't known yet stays as it is. */
export function keptForm(resource: Resource, name: string, value: Value): Value {
  return hasUnknown(value) ? value : (resource.kept?.(name, value) ?? value);
}

/** The part of a property of the state that the program has a say in. */
function comparedForm(resource: Resource, name: string, value: Value | undefined): Value | undefined {
  return value === undefined ? value : (resource.compared?.(name, value) ?? value);
}

function isEmptyList(value: Value): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}

/** What a provider treats as not given. */
function isEmpty(value: Value | undefined): boolean {
  if (value === undefined || value === null || value === "" || value === false || value === 0) return true;
  return (
    typeof value === "object" && Object.values(value).every(isEmpty) && (!Array.isArray(value) || value.length === 0)
  );
}

/** The members that only one of two lists has; their order doesn't count. */
function memberDifferences(path: string, old: Value, now: Value): [string, Change][] {
  if (!Array.isArray(old) || !Array.isArray(now)) return difference(path, old, now);
  const [before, after] = [old.map(canonical), now.map(canonical)];
  const only = (these: string[], those: string[], change: Change) =>
    these.flatMap((text, at): [string, Change][] => (those.includes(text) ? [] : [[`${path}[${at}]`, change]]));
  // A place can hold both a member that goes and one that comes: together they are one that changes.
  const going = only(before, after, "delete");
  const places = new Set(going.map(([place]) => place));
  const coming = only(after, before, "add");
  return [...going, ...coming.map(([place]): [string, Change] => [place, places.has(place) ? "update" : "add"])];
}

/** Text that is the same for two lists with the same members in any order, where absent and empty fields are the same. */
function canonicalSet(value: Value): string {
  return Array.isArray(value) ? JSON.stringify(value.map(canonical).sort()) : canonical(value);
}

function canonical(value: Value | undefined): string {
  if (Array.isArray(value)) return canonicalSet(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value ?? null);
  const fields = Object.entries(value).filter(([, field]) => !isEmpty(field));
  return `{${fields
    .map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`)
    .sort()
    .join(",")}}`;
}

/** Every part in which `news` differs from `olds`; the order of a list counts. */
export function differences(olds: Properties, news: Properties): Map<string, Change> {
  const names = [...new Set([...Object.keys(olds), ...Object.keys(news)])].sort();
  return new Map(names.flatMap((name) => difference(name, olds[name], news[name])));
}

function difference(path: string, old: Value | undefined, now: Value | undefined): [string, Change][] {
  if (old === undefined && now === undefined) return [];
  if (old === undefined) return [[path, "add"]];
  if (now === undefined) return [[path, "delete"]];
  const [before, after] = [asAsset(old), asAsset(now)];
  // Where a file lies says nothing of what is in it.
  if (before !== undefined && after !== undefined) return before.hash === after.hash ? [] : [[path, "update"]];
  if (Array.isArray(old) && Array.isArray(now)) {
    const longest = Math.max(old.length, now.length);
    return Array.from({ length: longest }, (_, at) => difference(`${path}[${at}]`, old[at], now[at])).flat();
  }
  if (isObject(old) && isObject(now)) {
    const names = [...new Set([...Object.keys(old), ...Object.keys(now)])].sort();
    return names.flatMap((name) => difference(member(path, name), old[name], now[name]));
  }
  return old === now ? [] : [[path, "update"]];
}

function isObject(value: Value): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The path of a member, in the form that Pulumi's property paths have. */
function member(path: string, name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name)}]`;
}
