/** Pages with a form, as a browser uses them. */
import { type Answer, ask } from "./stack";

/**
 * Opens a page and sends its form: cookies and hidden fields go along, redirects are not followed.
 * @param fields what a person fills in
 * @param action path of the form, where it is not the page's own
 */
export async function sendForm(url: string, fields: Record<string, string>, action?: string): Promise<Answer> {
  const page = await ask(url);
  const cookies = [page.headers["set-cookie"] ?? []].flat().map((cookie) => cookie.split(";")[0]);
  const hidden = [...page.body.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
  const body = new URLSearchParams({
    ...Object.fromEntries(hidden.map(([, name = "", value = ""]) => [name, value])),
    ...fields,
  });
  return ask(action === undefined ? url : new URL(action, url).href, {
    method: "POST",
    body: body.toString(),
    headers: {
      origin: new URL(url).origin,
      "content-type": "application/x-www-form-urlencoded",
      ...(cookies.length > 0 ? { cookie: cookies.join("; ") } : {}),
    },
  });
}
