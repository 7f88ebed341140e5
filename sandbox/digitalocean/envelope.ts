import type { Context } from "hono";

/** Results on a page unless asked otherwise, and the most one page holds. */
const PER_PAGE = 20;
const MOST_PER_PAGE = 200;

/**
 * A page of a list in the API's envelope: the items under their key, `links.pages` and `meta.total`.
 * @param key name of the list, e.g. `droplets`
 * @param items the whole list
 * @param view how one item is shown; asked only for those on the page
 */
export function page<T>(c: Context, key: string, items: readonly T[], view: (item: T) => unknown): Response {
  const perPage = Math.min(positive(c.req.query("per_page"), PER_PAGE), MOST_PER_PAGE);
  const number = positive(c.req.query("page"), 1);
  const last = Math.max(1, Math.ceil(items.length / perPage));
  const link = (to: number) => {
    const url = new URL(c.req.url);
    url.searchParams.set("page", String(to));
    url.searchParams.set("per_page", String(perPage));
    return url.toString();
  };
  const pages = {
    ...(number > 1 ? { first: link(1), prev: link(number - 1) } : {}),
    ...(number < last ? { next: link(number + 1), last: link(last) } : {}),
  };
  return c.json({
    [key]: items.slice((number - 1) * perPage, number * perPage).map(view),
    links: Object.keys(pages).length === 0 ? {} : { pages },
    meta: { total: items.length },
  });
}

/** Scheme, host and port the request was sent to, for links. */
export function origin(c: Context): string {
  return new URL(c.req.url).origin;
}

function positive(text: string | undefined, otherwise: number): number {
  const number = Number(text);
  return Number.isInteger(number) && number > 0 ? number : otherwise;
}
