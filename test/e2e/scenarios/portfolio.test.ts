/** Several apps side by side on one machine, by host name: examples/portfolio as its page in docs/ promises it. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { sendForm } from "../support/form";
import { ask, askConstantly, TestStack } from "../support/stack";

const stack = new TestStack(19, "portfolio");
let home = "";
let shelf = "";
let links = "";

beforeAll(async () => {
  await stack.verb("down", [stack.name]);
  const { urls } = await stack.up();
  home = urls["home.localhost"] ?? "";
  shelf = urls["shelf.localhost"] ?? "";
  links = urls["links.localhost"] ?? "";
});
afterAll(() => stack.remove());

/** A variable that the live release of an app runs with. */
async function variable(app: string, name: string): Promise<string> {
  const text = await stack.onMachine("bash", "-c", `cat /var/lib/slipway/apps/${app}/releases/*/env`);
  return new RegExp(`^${name}='?([^'\\n]+)`, "m").exec(text)?.[1] ?? "";
}

it("each app answers under its own name, and no name leads to another's", async () => {
  expect((await ask(home)).body).toContain("Small things on one machine");
  expect((await ask(shelf)).body).toContain("<h1>Shelf</h1>");
  expect((await ask(links)).body).toContain("<h1>Links</h1>");
  expect((await ask(new URL("/nothing", home).href)).status).toBe(404);
});

it("static files are each app's own: by the edge from a release, by nginx, by the app", async () => {
  const hashed = /href="(\/static\/books\/shelf\.[0-9a-f]+\.css)"/.exec((await ask(shelf)).body)?.[1] ?? "none";
  const [byEdge, byNginx, byApp] = await Promise.all([
    ask(new URL(hashed, shelf).href),
    ask(new URL("/home.css", home).href),
    ask(new URL("/static/links.css", links).href),
  ]);
  expect([byEdge.status, byNginx.status, byApp.status]).toEqual([200, 200, 200]);
  expect((await ask(new URL(hashed, links).href)).status).toBe(404);
});

it("secrets are made by the stack and stand in no file of the checkout", async () => {
  const password = await variable("links", "EDITOR_PASSWORD");
  expect(password).toHaveLength(64);
  expect(stack.state()).not.toContain(password);
  const link = { word: "docs", target: "https://example.com/docs" };
  expect((await sendForm(links, { ...link, password: "guess" })).status).toBe(403);
  expect((await sendForm(links, { ...link, password })).status).toBe(302);
  expect((await ask(new URL("/docs", links).href)).headers.location).toBe(link.target);
});

it("an app reaches its own database and no other's", async () => {
  const [host, database] = await Promise.all([variable("shelf", "DB_HOST"), variable("shelf", "DB_NAME")]);
  const program = [
    "import os, psycopg",
    "own = psycopg.connect(os.environ['DATABASE_URL'])",
    "print('own', own.execute('SELECT 1').fetchone()[0])",
    "user, password = os.environ['DB_USER'], os.environ['DB_PASSWORD']",
    `psycopg.connect(host='${host}', dbname='${database}', user=user, password=password)`,
  ].join("\n");
  const said = await stack.onMachine(
    "bash",
    "-c",
    `docker exec -i $(docker ps -q --filter label=slipway.app=links) python - <<'PROGRAM' 2>&1 | cat\n${program}\nPROGRAM`,
  );
  expect(said).toContain("own 1");
  expect(said).toMatch(/FATAL:.*(no pg_hba\.conf entry|permission denied)/);
});

it("a bad release of one is felt by none, and a good one changes that app alone", async () => {
  const load = [home, shelf, links].map((url) => askConstantly(url, 50));
  stack.edit("shelf/shelf/wsgi.py", (text) => `${text}\nraise RuntimeError("broken on purpose")\n`);
  const outcome = await stack.verb("up", [stack.name]);
  expect(outcome.exitCode).toBe(1);
  expect(outcome.all).toContain("broken on purpose");
  stack.edit("shelf/shelf/wsgi.py", (text) => text.replace('\nraise RuntimeError("broken on purpose")\n', ""));
  stack.edit("home/site/index.html", (text) => text.replace("Small things", "More small things"));
  expect((await stack.up()).changes).toMatch(/^[23] changes: [23] update$/);
  expect((await ask(home)).body).toContain("More small things");
  for (const one of load) expect((await one.stop()).failures).toEqual([]);
  expect(await stack.onMachine("slipway", "releases", "links", "--json")).toMatch(/"release": ?1\b/);
});

it("a second up changes nothing", async () => {
  expect((await stack.up()).changes).toBe("0 changes");
});
