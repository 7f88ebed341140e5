/** What an environment costs in a month, before and after. */

import type { Step } from "./preview";
import { isPriced, type PriceLists, priceOf } from "./prices";

/** One resource that costs something. US dollars a month; `undefined` where there is no price to be had, 0 where it isn't there. */
export interface CostRow {
  readonly what: string;
  readonly before: number | undefined;
  readonly after: number | undefined;
}

/** @see the file's head */
export interface Cost {
  readonly rows: readonly CostRow[];
  /** Sums of what is known. */
  readonly before: number;
  readonly after: number;
  /** Whether a row has no price, so that the sums are the least. */
  readonly isPartial: boolean;
}

/** @see the file's head */
export function costOf(steps: readonly Step[], lists: PriceLists): Cost {
  const rows = steps.filter(({ type }) => isPriced(type)).map((step) => rowOf(step, lists));
  const sum = (key: "before" | "after") => cents(rows.reduce((total, row) => total + (row[key] ?? 0), 0));
  return {
    rows,
    before: sum("before"),
    after: sum("after"),
    isPartial: rows.some(({ before, after }) => before === undefined || after === undefined),
  };
}

function rowOf(step: Step, lists: PriceLists): CostRow {
  const before = step.fate === "create" ? undefined : priceOf(step.type, step.before, lists);
  const after = step.fate === "delete" ? undefined : priceOf(step.type, step.after, lists);
  const texts = [before?.what, after?.what].filter((text) => text !== undefined);
  return {
    what: [...new Set(texts)].join(" → "),
    before: before ? round(before.monthly) : 0,
    after: after ? round(after.monthly) : 0,
  };
}

function round(monthly: number | undefined): number | undefined {
  return monthly === undefined ? undefined : cents(monthly);
}

function cents(dollars: number): number {
  return Math.round(dollars * 100) / 100;
}

/** `$12`, `$12.50`, or a word where it isn't known. */
export function dollars(amount: number | undefined): string {
  if (amount === undefined) return "not known";
  return `$${Number.isInteger(amount) ? amount : amount.toFixed(2)}`;
}

/** The difference in one phrase, e.g. `$12 → $24 a month (+$12)`. */
export function costText({ before, after, isPartial }: Cost): string {
  if (isPartial && before === 0 && after === 0) return "not known, as there is no price list to be had";
  const least = isPartial ? "at least " : "";
  if (before === after) return `${least}${dollars(after)} a month, as now`;
  const sign = after > before ? "+" : "−";
  return `${least}${dollars(before)} → ${dollars(after)} a month (${sign}${dollars(cents(Math.abs(after - before)))})`;
}
