/** Rails behind an nginx of its own: examples/slumber as its page in docs/ promises it. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { ask, askConstantly, TestStack } from "../support/stack";

const stack = new TestStack(22, "slumber");
let url = "";

beforeAll(async () => {
  await stack.verb("down", [stack.name]);
  url = (await stack.up()).url;
});
afterAll(() => stack.remove());

/** Writes a night down, as the page's form does. */
async function write(night: Record<string, string>): Promise<number> {
  const page = await ask(url);
  const token = /name="authenticity_token" value="([^"]+)"/.exec(page.body)?.[1] ?? "";
  const cookies = [page.headers["set-cookie"] ?? []].flat().map((cookie) => cookie.split(";")[0]);
  const fields = Object.entries(night).map(([key, value]): [string, string] => [`night[${key}]`, value]);
  const answer = await ask(new URL("/nights", url).href, {
    method: "POST",
    body: new URLSearchParams([["authenticity_token", token], ...fields]).toString(),
    headers: {
      origin: new URL(url).origin,
      "content-type": "application/x-www-form-urlencoded",
      cookie: cookies.join("; "),
    },
  });
  return answer.status;
}
const release = async () => Number(/id="release">(\d+)</.exec((await ask(url)).body)?.[1]);

it("db:prepare made the tables, and what is written stays", async () => {
  expect(await write({ date: "2026-02-01", minutes: "425", rest: "4" })).toBe(303);
  expect((await ask(url)).body).toContain("7 h 05");
  expect(await write({ date: "2026-02-01", minutes: "9999", rest: "4" })).toBe(422);
});

it("nginx serves what is under public/, Rails the rest, and Rails knows the browser's address", async () => {
  const css = await ask(new URL("/slumber.css", url).href);
  expect([css.status, css.headers["cache-control"]]).toEqual([200, "no-cache"]);
  expect((await ask(url)).headers["x-request-id"]).toBeDefined();
  expect(css.headers["x-request-id"]).toBeUndefined();
  expect((await ask(new URL("/nights/none", url).href)).status).toBe(404);
});

it("a Rails that does not start is not hidden by the one of the release before, and nobody notices", async () => {
  const load = askConstantly(url, 50);
  stack.edit("config/routes.rb", (text) => `raise "broken on purpose"\n${text}`);
  const outcome = await stack.verb("up", [stack.name]);
  expect(outcome.exitCode).toBe(1);
  expect(outcome.all).toContain("broken on purpose");
  expect((await load.stop()).failures).toEqual([]);
  expect(await release()).toBe(1);
  stack.edit("config/routes.rb", (text) => text.replace('raise "broken on purpose"\n', ""));
});

it("a change loses no request, and each nginx asks the Rails of its own release", async () => {
  const load = askConstantly(url, 20);
  stack.edit("app/views/nights/index.html.erb", (text) => text.replace("<h1>Slumber", "<h1>Deep slumber"));
  await stack.up();
  expect((await load.stop()).failures).toEqual([]);
  expect((await ask(url)).body).toContain("Deep slumber");
  const nginx = "docker ps --format '{{.Names}}' --filter label=slipway.process=nginx";
  const web = "docker ps --format '{{.Names}}' --filter label=slipway.process=web";
  const said = await stack.onMachine(
    "bash",
    "-c",
    `docker exec $(${nginx}) getent hosts web; docker inspect $(${web}) --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}'`,
  );
  const [found = "none", address = "no address"] = said.split("\n");
  expect(found.split(/\s+/)[0]).toBe(address);
});

it("a second up changes nothing", async () => {
  expect((await stack.up()).changes).toBe("0 changes");
});
