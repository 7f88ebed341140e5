/** Several apps side by side on one machine, by host name: examples/portfolio as its page in docs/ promises it. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { sendForm } from "../support/form";
import { ask, TestStack } from "../support/stack";

const stack = new TestStack(19, "portfolio");
let home = "";
let shelf = "";
let links = "";

beforeAll(async () => {
  await stack.discard();
  const { urls } = await stack.up();
  home = urls["home.localhost"] ?? "";
  shelf = urls["shelf.localhost"] ?? "";
  links = urls["links.localhost"] ?? "";
});
afterAll(() => stack.end());

/** What a process of an app finds in its environment. */
const variable = (app: string, name: string) =>
  stack.onMachine("bash", "-c", `docker exec $(docker ps -q --filter label=slipway.app=${app}) printenv ${name}`);

/** What Python says in the container of an app. */
const inApp = async (app: string, ...lines: string[]) =>
  (await stack.sh(`docker exec -i $(docker ps -q --filter label=slipway.app=${app}) python -`, lines.join("\n"))).all;

it("each app answers under its own name, and no name leads to another's", async () => {
  expect((await ask(home)).body).toContain("Small things on one machine");
  expect((await ask(shelf)).body).toContain("<h1>Shelf</h1>");
  expect((await ask(links)).body).toContain("<h1>Links</h1>");
  expect((await ask(new URL("/nothing", home).href)).status).toBe(404);
  expect((await ask(home, { headers: { host: "nobody.localhost" } })).status).toBe(404);
});

it("static files are each app's own: by the edge from a release, by nginx, by the app", async () => {
  const hashed = /href="(\/static\/books\/shelf\.[0-9a-f]+\.css)"/.exec((await ask(shelf)).body)?.[1] ?? "none";
  const [byEdge, byNginx, byApp] = await Promise.all([
    ask(new URL(hashed, shelf).href),
    ask(new URL("/home.css", home).href),
    ask(new URL("/static/links.css", links).href),
  ]);
  expect([byEdge.status, byNginx.status, byApp.status]).toEqual([200, 200, 200]);
  expect(byEdge.headers["cache-control"]).toContain("immutable");
  expect((await ask(new URL(hashed, links).href)).status).toBe(404);
});

it("secrets are made by the stack, and stand neither in its files nor in its state", async () => {
  const password = await variable("links", "EDITOR_PASSWORD");
  expect(password).toHaveLength(64);
  const files = readdirSync(stack.folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  const texts = files.map((file) => readFileSync(join(file.parentPath, file.name), "utf8"));
  for (const secret of [password, await variable("shelf", "SECRET_KEY"), await variable("shelf", "DB_PASSWORD")]) {
    expect(secret).toMatch(/^\w{32,}$/);
    expect([...texts, stack.state()].filter((text) => text.includes(secret))).toEqual([]);
  }
  const link = { word: "docs", target: "https://example.com/docs" };
  expect((await sendForm(links, { ...link, password: "guess" })).status).toBe(403);
  expect((await sendForm(links, { ...link, password })).status).toBe(302);
  expect((await ask(new URL("/docs", links).href)).headers.location).toBe(link.target);
});

it("each has a Postgres container of its own, and reaches no other's", async () => {
  const image = `10.213.${stack.slot}.2:5000/postgres:17`;
  const databases = await stack.onMachine(
    "bash",
    "-c",
    `docker ps --filter label=slipway.database --format '{{.Names}} {{.Label "slipway.database.asked"}}' | sort`,
  );
  expect(databases).toBe(`slipway-links_database ${image}\nslipway-shelf_database ${image}`);
  const who =
    "print(*psycopg.connect(os.environ['DATABASE_URL']).execute('SELECT current_user, host(inet_server_addr())').fetchone())";
  const [user, host] = (await inApp("shelf", "import os, psycopg", who)).split(" ");
  expect([user, host]).toEqual(["shelf", await variable("shelf", "DB_HOST")]);
  const other = `import socket\ntry: socket.create_connection(('${host}', 5432), 2)\nexcept OSError as error: print(error)\nelse: print('reached')`;
  expect(await inApp("links", other)).toBe("timed out");
});

it("a second up changes nothing", async () => {
  expect((await stack.up()).changes).toBe("0 changes");
});
