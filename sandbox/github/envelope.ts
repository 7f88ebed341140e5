import type { Context } from "hono";

/** Members of a page unless asked otherwise, and the most one may be asked to hold; more is cut down without a word. */
const PAGE_SIZE = 30;
const MOST = 100;

/** A page of a list that stands for itself; `Link` leads to the others. */
export function page<T>(c: Context, items: readonly T[]): Response {
  return c.json(cut(c, items));
}

/** A page of a list that comes with its length, under a name of its own. */
export function countedPage<T>(c: Context, name: string, items: readonly T[]): Response {
  return c.json({ total_count: items.length, [name]: cut(c, items) });
}

function cut<T>(c: Context, items: readonly T[]): readonly T[] {
  const size = Math.min(wholeNumber(c.req.query("per_page"), PAGE_SIZE), MOST);
  const number = wholeNumber(c.req.query("page"), 1);
  const last = Math.max(1, Math.ceil(items.length / size));
  const links: string[] = [];
  const link = (to: number, rel: string) => {
    const url = new URL(c.req.url);
    url.pathname = c.req.path;
    url.searchParams.set("page", String(to));
    links.push(`<${url}>; rel="${rel}"`);
  };
  if (number > 1) link(Math.min(number - 1, last), "prev");
  if (number < last) link(number + 1, "next");
  if (number < last) link(last, "last");
  if (number > 1) link(1, "first");
  if (links.length > 0) c.header("link", links.join(", "));
  return items.slice((number - 1) * size, number * size);
}

/** The API takes what is no number for nothing said. */
function wholeNumber(text: string | undefined, otherwise: number): number {
  const value = Number(text);
  return text !== undefined && Number.isInteger(value) && value > 0 ? value : otherwise;
}
