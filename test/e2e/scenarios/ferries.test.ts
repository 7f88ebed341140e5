/** Tests, tag, push, release by digest: examples/ferries as its page in docs/ promises it. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { sendForm } from "../support/form";
import { ask, askConstantly, TestStack } from "../support/stack";

const stack = new TestStack(21, "ferries");
let url = "";

beforeAll(async () => {
  await stack.verb("down", [stack.name]);
  url = (await stack.up()).url;
});
afterAll(() => stack.remove());

/** Runs a command in a container of the live release. */
const inApp = (command: string) =>
  stack.onMachine(
    "bash",
    "-c",
    `docker exec $(docker ps -q --filter label=slipway.app=ferries) sh -c '${command}' 2>&1`,
  );

it("the release phase ran before the web process: its tables and first rows are there", async () => {
  expect((await ask(url)).body).toContain("Cuxhaven to Helgoland");
  expect((await sendForm(url, { name: "Ana" }, "/crossings/1/passengers")).status).toBe(302);
  expect((await ask(url)).body).toContain("1 of 100 seats taken");
});

it("the platform's variables are there: DATABASE_URL and the PORT that expose names", async () => {
  expect(await inApp("echo $DATABASE_URL $PORT")).toMatch(/^postgres(ql)?:\/\/\S+ 8000$/);
});

it("the app serves its static files itself, under names that never change what they stand for", async () => {
  const path = /href="(\/static\/crossings\/ferries\.[0-9a-f]+\.css)"/.exec((await ask(url)).body)?.[1] ?? "none";
  const css = await ask(new URL(path, url).href);
  expect(css.status).toBe(200);
  expect(css.headers["cache-control"]).toContain("immutable");
});

it("what was tested is what runs: the image by the digest that the stack pushed", async () => {
  const [row] = JSON.parse(await stack.onMachine("slipway", "releases", "ferries", "--json")) as {
    images: Record<string, string>;
  }[];
  const digest = row?.images.web ?? "";
  expect(digest).toMatch(/@sha256:[0-9a-f]{64}$/);
  const running = "docker inspect $(docker ps -q --filter label=slipway.app=ferries) --format {{.Config.Image}}";
  expect(await stack.onMachine("bash", "-c", running)).toBe(digest);
});

it("a release waits for its database, and says so if it never comes", async () => {
  expect(await inApp("python manage.py wait_for_database && echo there")).toContain("there");
  const dead = "DATABASE_URL=postgres://nobody@127.0.0.1:1/none python manage.py wait_for_database --seconds 1 || true";
  expect(await inApp(dead)).toContain("the database did not answer within 1 s");
});

it("a release phase that fails leaves the old release serving", async () => {
  const compose = readFileSync(`${stack.app}/compose.yaml`, "utf8");
  expect(compose).toContain("wait_for_database && python manage.py migrate");
  const load = askConstantly(url, 50);
  stack.edit("compose.yaml", (text) => text.replace("manage.py migrate --noinput", "manage.py migrate no_such_app"));
  const outcome = await stack.verb("up", [stack.name]);
  expect(outcome.exitCode).toBe(1);
  expect(outcome.all).toContain("no_such_app");
  expect((await load.stop()).failures).toEqual([]);
  stack.edit("compose.yaml", () => compose);
  await stack.up();
  expect((await ask(url)).body).toContain("1 of 100 seats taken");
});

it("a second up changes nothing", async () => {
  expect((await stack.up()).changes).toBe("0 changes");
});
