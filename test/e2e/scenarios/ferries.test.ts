/** Tests, tag, push, release by digest, and two databases: examples/ferries as its page in docs/ promises it. */
import { chmodSync, cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parse } from "yaml";
import type { CiLogin } from "../../../infra/host/ciAccess";
import { registryLogin } from "../../../sandbox/registry/registry";
import { Passphrase } from "../../../scripts/rehearsal/passphrase";
import { sendForm } from "../support/form";
import { ask, askConstantly, TestStack } from "../support/stack";
import { FollowedTag } from "../support/tag";

const stack = new TestStack(21, "ferries");
const ci = new FollowedTag(stack.slot, "ferries");
const server = `10.213.${stack.slot}.2:5000`;
let url = "";
let production = "";
/** The database that somebody else looks after: its address is all that the stack knows. */
let elsewhere: { uri: string; host: string };

beforeAll(async () => {
  await stack.discard();
  const { exitCode, all } = await stack.verb("sandbox", ["start", "--with", "postgres"]);
  expect(exitCode, all).toBe(0);
  await ci.logIn();
  elsewhere = await orderDatabase();
  addProduction();
  const [{ urls }, images] = await Promise.all([stack.up(), buildAll()]);
  built = images;
  url = urls["ferries.localhost"] ?? "";
  production = urls["production.localhost"] ?? "";
  const login = await stack.output<CiLogin>("ci");
  writeFileSync(join(stack.folder, "key"), login.privateKey);
  chmodSync(join(stack.folder, "key"), 0o600);
  writeFileSync(join(stack.folder, "known_hosts"), login.knownHosts);
  host = login.host;
});
afterAll(async () => {
  ci.end();
  await stack.end();
});
let host = "";
/** What CI has built: a change that is good, and one whose migration fails. */
let built: { good: string; broken: string };

/** CI's builds, from a checkout of its own. */
async function buildAll(): Promise<typeof built> {
  const checkout = join(stack.folder, "ci");
  cpSync(join(process.cwd(), "examples", "ferries"), checkout, { recursive: true });
  const page = join(checkout, "crossings", "templates", "crossings", "timetable.html");
  writeFileSync(page, readFileSync(page, "utf8").replace("<h1>Ferries", "<h1>All ferries"));
  const good = await ci.build(checkout, "1f2e3d4");
  const migration = join(checkout, "crossings", "migrations", "0003_broken.py");
  writeFileSync(migration, 'raise RuntimeError("broken on purpose")\n');
  return { good, broken: await ci.build(checkout, "broken") };
}

/** Orders a managed database by hand, as somebody did long before there was a stack. */
async function orderDatabase(): Promise<{ uri: string; host: string }> {
  const body = { name: "elsewhere", engine: "pg", version: "17", size: "db-s-1vcpu-1gb", region: "fra1", num_nodes: 1 };
  const answer = await fetch(`${stack.api}/v2/databases`, {
    method: "POST",
    headers: { authorization: "Bearer sandbox", "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const { database } = (await answer.json()) as { database: { connection: { uri: string; host: string } } };
  return database.connection;
}

/** A second app of the same folder: where its database is, the settings of production say. */
function addProduction(): void {
  const settings = parse(readFileSync(join(stack.app, "Pulumi.ferries-production.yaml"), "utf8")) as {
    config: Record<string, unknown>;
  };
  stack.configure((document) => {
    const passphrase = Passphrase.of("rehearsal-only", String(document.get("encryptionsalt")));
    const app = {
      folder: stack.app,
      routes: ["production.localhost"],
      build: { args: { BASE: "slipway-sandbox/python:3.13" } },
      env: { DJANGO_ALLOWED_HOSTS: "production.localhost" },
      secrets: { SECRET_KEY: "generate" },
      limits: { watch: 1 },
      database: settings.config["slipway:database"],
    };
    document.setIn(["config", "slipway:apps", "production"], document.createNode(app));
    const sealed = { secure: passphrase?.seal(elsewhere.uri) };
    document.setIn(["config", "slipway:production.DATABASE_URL"], document.createNode(sealed));
  });
}

/** CI's last step, with the key that can do nothing else. */
function release(image: string) {
  const login = JSON.stringify({ server, ...registryLogin });
  const known = ["-o", `UserKnownHostsFile=${join(stack.folder, "known_hosts")}`, "-o", "StrictHostKeyChecking=yes"];
  const own = ["-F", "none", "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes", "-i", join(stack.folder, "key")];
  const asked = `slipway release ferries --image ${image} --login --commit 1f2e3d4 --actor ci`;
  return execa("ssh", [...own, ...known, `deploy@${host}`, asked], { input: login, reject: false, all: true });
}

/** What Python says in an app's container, where `sql` asks its database by DATABASE_URL. */
async function inApp(app: string, python: string): Promise<string> {
  const program = `import os, psycopg\ndef sql(text): return psycopg.connect(os.environ["DATABASE_URL"]).execute(text).fetchone()\n${python}`;
  const find = `docker ps -q --filter label=slipway.app=${app} --filter label=slipway.process=web`;
  return (await stack.sh(`docker exec -i $(${find}) python -`, program)).all;
}
const images = async () =>
  (await stack.sh("docker inspect $(docker ps -q --filter label=slipway.app=ferries) --format '{{.Config.Image}}'"))
    .all;

it("the release phase made tables and first rows, and the app has the platform's variables", async () => {
  expect((await ask(url)).body).toContain("Cuxhaven to Helgoland");
  expect((await sendForm(url, { name: "Ana" }, "/crossings/1/passengers")).status).toBe(302);
  expect((await ask(url)).body).toContain("1 of 100 seats taken");
  expect(await inApp("ferries", "print(os.environ['DATABASE_URL'], os.environ['PORT'])")).toMatch(
    /^postgres:\/\/ferries:\S+ 8000$/,
  );
});

it("here the database is a container, in production the one that is there already, by TLS as its URL asks", async () => {
  const where =
    "print(*sql('SELECT host(inet_server_addr()), inet_server_port(), ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()'))";
  expect(await inApp("ferries", where)).toMatch(/^172\.29\.\d+\.2 5432 False$/);
  expect(await inApp("production", where)).toBe(`${elsewhere.host} 25060 True`);
  expect((await ask(production)).body).toContain("0 of 100 seats taken");
});

it("the app serves its static files itself, under names that never change what they stand for", async () => {
  const path = /href="(\/static\/crossings\/ferries\.[0-9a-f]+\.css)"/.exec((await ask(url)).body)?.[1] ?? "none";
  const css = await ask(new URL(path, url).href);
  expect(css.status).toBe(200);
  expect(css.headers["cache-control"]).toContain("immutable");
});

it("what CI has tested on a Postgres of its own and pushed is what runs, by digest, once its database is there", async () => {
  expect(await runTests(built.good)).toMatch(/Ran \d+ tests[\s\S]*OK/);
  const digest = await ci.push(built.good);

  await stack.onMachine("docker", "stop", "slipway-ferries_database");
  const releasing = release(digest);
  let said = "";
  releasing.all?.on("data", (piece) => {
    said += piece;
  });
  await expect.poll(() => said, { timeout: 30_000, interval: 100 }).toContain("waits for the app's database");
  await stack.onMachine("docker", "start", "slipway-ferries_database");
  const { exitCode, all } = await releasing;
  expect(exitCode, all).toBe(0);
  expect(await images()).toBe(digest);
  expect((await ask(url)).body).toContain("<h1>All ferries");
  expect((await ask(url)).body).toContain("1 of 100 seats taken");
});

it("a release phase that fails leaves the old release serving, and its web process never starts", async () => {
  const digest = await ci.push(built.broken);
  const before = await images();
  const started = `docker events --since ${Math.floor(Date.now() / 1000)} --until`;
  const load = askConstantly(url, 50);
  const { exitCode, all } = await release(digest);
  expect((await load.stop()).failures).toEqual([]);
  expect([exitCode, all]).toEqual([1, expect.stringContaining("broken on purpose")]);
  expect(all).toContain("failed at step «release command»");
  expect(await images()).toBe(before);
  const events = await stack.sh(`${started} $(date +%s) --filter event=start --format '{{.Actor.Attributes.name}}'`);
  expect(events.all).not.toMatch(/ferries-r\d+-web/);
});

it("a second up changes nothing, and leaves what CI released", async () => {
  expect((await stack.up()).changes).toBe("0 changes");
  expect((await ask(url)).body).toContain("<h1>All ferries");
});

/** The app's own tests in the image that is to be pushed, on a Postgres container beside it. @returns what they printed */
async function runTests(image: string): Promise<string> {
  const label = ["--label", `slipway.sandbox=${stack.slot}`];
  const password = ["--env", "POSTGRES_PASSWORD=postgres"];
  const { stdout: database } = await execa("docker", [
    "run",
    "--detach",
    ...label,
    ...password,
    `slipway-sandbox/postgres:17`,
  ]);
  try {
    const env = { DATABASE_URL: "postgres://postgres:postgres@127.0.0.1/postgres", SECRET_KEY: "for-tests-only" };
    const set = Object.entries(env).flatMap(([name, value]) => ["--env", `${name}=${value}`]);
    const beside = ["run", "--rm", "--network", `container:${database}`, ...label, ...set, image];
    const line = "python manage.py wait_for_database && python manage.py test";
    const { exitCode, all } = await execa("docker", [...beside, "sh", "-c", line], { reject: false, all: true });
    expect(exitCode, all).toBe(0);
    return all;
  } finally {
    await execa("docker", ["rm", "--force", "--volumes", database]);
  }
}
