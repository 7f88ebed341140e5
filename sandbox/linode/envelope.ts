import type { Context } from "hono";
import { refused } from "./errors";
import { FILTER_HEADER, filtered } from "./filter";

/** Results on a page unless asked otherwise, and the least and most one page may be asked to hold. */
const PAGE_SIZE = 100;
const LEAST = 25;
const MOST = 500;

/**
 * A page of a list in the API's envelope, filtered and ordered by the request's `X-Filter`. A page beyond the last is
 * empty: a client that only wants to know whether its token is good asks for one.
 * @param items the whole list, as the API shows it
 * @param fields what the list may be filtered and ordered by
 */
export function page<T extends object>(c: Context, items: readonly T[], fields: readonly string[] = []): Response {
  const size = wholeNumber(c.req.query("page_size"), PAGE_SIZE);
  if (size === undefined || size < LEAST || size > MOST) throw refused(`Must be ${LEAST}-${MOST}`, "page_size");
  const number = wholeNumber(c.req.query("page"), 1);
  if (number === undefined || number < 1) throw refused("Must be 1 or greater", "page");
  const chosen = filtered(items as readonly (T & Record<string, unknown>)[], c.req.header(FILTER_HEADER), fields);
  return c.json({
    data: chosen.slice((number - 1) * size, number * size),
    page: number,
    pages: Math.max(1, Math.ceil(chosen.length / size)),
    results: chosen.length,
  });
}

function wholeNumber(text: string | undefined, otherwise: number): number | undefined {
  if (text === undefined) return otherwise;
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
