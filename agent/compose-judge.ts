/** What of a service is more than a compose file may ask for, by the table of keys. The program and the host ask the same. */
import { type Keys, type Row, SERVICE } from "./compose-keys";
import type { Ask, Known } from "./compose-values";

/** One thing that a compose file may not say. */
export interface Offence {
  /** Below the service, e.g. `volumes[0]` or `healthcheck.tests`. */
  readonly path: string;
  /** What is wrong, with the value. */
  readonly what: string;
  /** What may stand there. */
  readonly allowed?: string;
  /** Where the key is none of compose's: those that are. */
  readonly among?: readonly string[];
  /** What to do instead, where a grant doesn't help. */
  readonly mend?: string;
  /** What lets it through, if anything: entries for the service among the app's `grants`. */
  readonly grants: readonly string[];
}

/** How a service is looked at. */
export interface Judgement {
  readonly known: Known;
  /** What the stack's file grants the service: `KEY`, or `KEY=VALUE` for that value alone. */
  readonly grants: readonly string[];
  /** Whether `${NAME}` still stands where compose will fill in a value; what holds one is then left for later. */
  readonly unfilled: boolean;
}

/** Everything in a service that it may not say. */
export function offencesOf(service: Readonly<Record<string, unknown>>, judgement: Judgement): readonly Offence[] {
  return inKeys(service, SERVICE, "", judgement);
}

/** Everything in a mapping of the compose file that its keys don't allow. @param path what stands before each key */
export function inKeys(value: unknown, keys: Keys, path: string, judgement: Judgement): readonly Offence[] {
  if (Array.isArray(value))
    return value.flatMap((one, index) => inKeys(one, keys, `${path.replace(/\.$/, "")}[${index}].`, judgement));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key.startsWith("x-")) return [];
    const row = Object.hasOwn(keys, key) ? keys[key] : undefined;
    return row ? inRow(inner, row, `${path}${key}`, judgement) : [unknownKey(key, keys, path)];
  });
}

/** Keys that a grant can let through, by the name it calls them. */
export const GRANTABLE: readonly string[] = namesOf(SERVICE, "");

/** Why a text can be no grant, if it can't. */
export function mistakeInGrant(grant: string): string | undefined {
  const [key = ""] = grant.split("=");
  return GRANTABLE.includes(key) ? undefined : `${key} is no key that can be granted`;
}

/** What to do about an offence: a sentence that ends in a line to paste where a grant lets it through. */
export function mendOf(service: string, { grants, mend }: Offence): string | undefined {
  if (grants.length === 0) return mend;
  const list = grants.map((grant) => JSON.stringify(grant)).join(", ");
  return `leave it out, or add to the app in the stack's file: grants: { ${service}: [${list}] }`;
}

function unknownKey(key: string, keys: Keys, path: string): Offence {
  return {
    path: `${path}${key}`,
    what: "unknown key",
    among: Object.keys(keys),
    mend: "remove it or correct its name",
    grants: [],
  };
}

function inRow(value: unknown, row: Row, path: string, judgement: Judgement): readonly Offence[] {
  if (row.is === "elsewhere" || isNothing(value)) return [];
  if (row.is === "refused") return [{ path, what: "does not mean the same on a host", mend: row.mend, grants: [] }];
  const below = row.keys ? inKeys(value, row.keys, `${path}.`, judgement) : [];
  return [...below, ...(row.asks ? asked(value, row, path, judgement) : [])];
}

function asked(
  value: unknown,
  { asks = () => [], free }: Extract<Row, { is: "kept" }>,
  path: string,
  { known, grants, unfilled }: Judgement,
): readonly Offence[] {
  const filled = unfilled ? withoutUnfilled(value) : value;
  if (isNothing(filled)) return [];
  const open = asks(filled, known).filter((ask) => !(ask.grantable && isGranted(path, ask, grants)));
  return grouped(open).map(([first, ...others]) => {
    const group = [first, ...others];
    const shown = group.map((ask) => JSON.stringify(ask.value ?? value)).join(", ");
    return {
      path: first.at === undefined ? path : `${path}[${first.at}]`,
      what: `${shown.length > 200 ? `${shown.slice(0, 197)}…` : shown} ${first.what}`,
      ...(free !== undefined && { allowed: free }),
      ...(first.mend !== undefined && { mend: first.mend }),
      grants: first.grantable ? group.map((ask) => grantOf(path, ask)) : [],
    };
  });
}

/** Asks of one kind are told together. */
function grouped(asks: readonly Ask[]): readonly [Ask, ...Ask[]][] {
  const groups = new Map<string, [Ask, ...Ask[]]>();
  for (const ask of asks) {
    const { what, at, mend, grantable } = ask;
    const kind = JSON.stringify([what, at, mend, grantable]);
    const group = groups.get(kind);
    if (group) group.push(ask);
    else groups.set(kind, [ask]);
  }
  return [...groups.values()];
}

function grantOf(path: string, { value }: Ask): string {
  return value === undefined ? path : `${path}=${value}`;
}

function isGranted(path: string, ask: Ask, grants: readonly string[]): boolean {
  return grants.includes(path) || grants.includes(grantOf(path, ask));
}

/** What compose takes for nothing: it renders keys without a value, too. */
function isNothing(value: unknown): boolean {
  return value === null || value === undefined || (typeof value === "object" && Object.keys(value).length === 0);
}

/** The value less what compose still has to fill in. Entries of a list keep their places. */
function withoutUnfilled(value: unknown): unknown {
  const isUnfilled = (one: unknown) => JSON.stringify(one)?.includes("$") === true;
  if (Array.isArray(value)) return value.map((one) => (isUnfilled(one) ? undefined : one));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).filter(([name, one]) => !name.includes("$") && !isUnfilled(one)));
  return isUnfilled(value) ? undefined : value;
}

function namesOf(keys: Keys, path: string): readonly string[] {
  return Object.entries(keys).flatMap(([key, row]) => {
    if (row.is !== "kept") return [];
    return [
      ...(row.asks && !row.firm ? [`${path}${key}`] : []),
      ...(row.keys ? namesOf(row.keys, `${path}${key}.`) : []),
    ];
  });
}
