import { refused } from "./errors";

/** The header a list is filtered and ordered by; JSON. */
export const FILTER_HEADER = "X-Filter";

/** An item as the API shows it. */
type Shown = Readonly<Record<string, unknown>>;
type Test = (shown: Shown) => boolean;

const COMPARISONS: Readonly<Record<string, (order: number) => boolean>> = {
  "+gt": (order) => order > 0,
  "+gte": (order) => order >= 0,
  "+lt": (order) => order < 0,
  "+lte": (order) => order <= 0,
};

/**
 * Filters and orders a list by an `X-Filter`.
 * @param text the header as it came; without one the list stays as it is
 * @param fields what this list may be filtered by; `entity.id` names a member of a member
 * @throws ApiError the API's 400 for a filter that is none, and for a field it does not filter by
 */
export function filtered<T extends Shown>(
  items: readonly T[],
  text: string | undefined,
  fields: readonly string[],
): T[] {
  if (text === undefined || text.trim() === "") return [...items];
  const filter = parse(text);
  const { "+order_by": by, "+order": order, ...conditions } = filter;
  const test = allOf(conditions, fields);
  const chosen = items.filter(test);
  if (by === undefined) return chosen;
  if (typeof by !== "string" || !fields.includes(by)) throw refused(`Cannot order by ${String(by)}`, FILTER_HEADER);
  const direction = order === "desc" ? -1 : 1;
  return chosen.sort((one, other) => direction * compare(member(one, by), member(other, by)));
}

function parse(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refused("Filter not valid JSON", FILTER_HEADER);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw refused("Filter must be an object", FILTER_HEADER);
  }
  return value as Record<string, unknown>;
}

function allOf(conditions: Readonly<Record<string, unknown>>, fields: readonly string[]): Test {
  const tests = Object.entries(conditions).map(([name, wanted]) => condition(name, wanted, fields));
  return (shown) => tests.every((test) => test(shown));
}

function condition(name: string, wanted: unknown, fields: readonly string[]): Test {
  if (name === "+and" || name === "+or") {
    if (!Array.isArray(wanted)) throw refused(`${name} must be a list`, FILTER_HEADER);
    const tests = wanted.map((part) => allOf(part as Record<string, unknown>, fields));
    return (shown) => (name === "+and" ? tests.every((test) => test(shown)) : tests.some((test) => test(shown)));
  }
  if (!fields.includes(name)) throw refused(`Cannot filter on ${name}`, FILTER_HEADER);
  const test = valueTest(wanted);
  return (shown) => {
    const value = member(shown, name);
    return Array.isArray(value) ? value.some(test) : test(value);
  };
}

function valueTest(wanted: unknown): (value: unknown) => boolean {
  if (typeof wanted !== "object" || wanted === null) return (value) => same(value, wanted);
  const tests = Object.entries(wanted).map(([operator, operand]) => operatorTest(operator, operand));
  return (value) => tests.every((test) => test(value));
}

function operatorTest(operator: string, operand: unknown): (value: unknown) => boolean {
  const comparison = COMPARISONS[operator];
  if (comparison) return (value) => value !== null && value !== undefined && comparison(compare(value, operand));
  if (operator === "+neq") return (value) => !same(value, operand);
  if (operator === "+contains") {
    const part = String(operand).toLowerCase();
    return (value) => String(value).toLowerCase().includes(part);
  }
  throw refused(`${operator} is not a valid operator`, FILTER_HEADER);
}

function member(shown: Shown, name: string): unknown {
  return name.split(".").reduce<unknown>((value, part) => (value as Record<string, unknown> | null)?.[part], shown);
}

/** Numbers may come as text. */
function same(value: unknown, wanted: unknown): boolean {
  return value === wanted || (typeof value === "number" && String(value) === wanted);
}

function compare(one: unknown, other: unknown): number {
  if (typeof one === "number" && typeof other === "number") return one - other;
  return String(one) < String(other) ? -1 : String(one) > String(other) ? 1 : 0;
}
