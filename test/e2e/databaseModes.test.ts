/** Databases side by side on one machine: a container, a managed cluster, the machine's own Postgres; and an app that moves. In slot 11. */
import { cpSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ask, TestStack } from "./support/stack";

const stack = new TestStack(11);
const image = "10.213.11.2:5000/postgres:17";
const size = "db-s-1vcpu-1gb";

beforeAll(async () => {
  await stack.verb("down");
  const { exitCode, all } = await stack.verb("sandbox", ["start", "--with", "postgres"]);
  expect(exitCode, all).toBe(0);
  const notes = { mode: "container", image, variables: { SQL_HOST: "host", SQL_PASSWORD: "password" } };
  put("notes", notes);
  put("shelf", { mode: "managed", size, maintenance: { day: "sunday", hour: 3 } });
  put("plain", { mode: "host" });
  await stack.up();
});
afterAll(() => stack.remove());

/** Gives an app, a copy of the example, its database. */
function put(app: string, database: unknown): void {
  const folder = app === "notes" ? stack.app : join(stack.folder, app);
  if (app !== "notes") cpSync(stack.app, folder, { recursive: true });
  const host = `${app}.localhost`;
  stack.configure((settings) =>
    settings.setIn(
      ["config", "slipway:apps", app],
      settings.createNode({
        folder,
        routes: [host],
        build: { args: { BASE: "slipway-sandbox/python:3.13" } },
        env: { DJANGO_ALLOWED_HOSTS: host },
        secrets: { SECRET_KEY: "generate" },
        limits: { watch: 1 },
        database,
      }),
    ),
  );
}

/** What Python says in an app's container, where `sql` asks its database by DATABASE_URL. */
async function inApp(app: string, python: string): Promise<string> {
  const program = `import os, psycopg, socket
def sql(text): return psycopg.connect(os.environ["DATABASE_URL"]).execute(text).fetchall()
${python}`;
  const find = `docker exec $(docker ps -q --filter label=slipway.app=${app} --filter label=slipway.process=web) python -c "$1"`;
  return stack.onMachine("bash", "-c", find, "bash", program);
}

it("leads each app to its own database, and no other app to that", async () => {
  const who = "print(*sql('SELECT current_user, current_database(), host(inet_server_addr())')[0])";
  expect(await inApp("notes", who)).toMatch(/^notes notes 172\.29\.64\.2$/);
  expect(await inApp("shelf", who)).toMatch(/^shelf shelf 10\.213\.11\.18\d$/);
  expect(await inApp("plain", who)).toMatch(/^plain plain 172\.29\.0\.1$/);
  await expect(inApp("plain", "socket.create_connection(('172.29.64.2', 5432), 2)")).rejects.toThrow(/timed out/);
});

it("checks a managed server by its authority, and adds the names that were asked for", async () => {
  expect(
    await inApp(
      "shelf",
      "print(sql('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()'), os.environ['DATABASE_URL'])",
    ),
  ).toMatch(/^\[\(True,\)\] .*\?sslmode=verify-full&sslrootcert=\/etc\/slipway\/authorities\/\w+\.crt$/);
  expect(
    await inApp("notes", "print(os.environ['SQL_HOST'], os.environ['SQL_PASSWORD'] == os.environ['DB_PASSWORD'])"),
  ).toBe("172.29.64.2 True");
});

it("gives an app a share of the machine's own Postgres, which it can neither exceed nor lift", async () => {
  const held = `held = []
try:
    for _ in range(200): held.append(psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=5))
except Exception as error: print(len(held), error)`;
  // Of 97 that are not the superuser's; the app itself may hold one or two.
  expect(await inApp("plain", held)).toMatch(/^5[678] .*too many connections for role "plain"/);
  const said = (sql: string) => inApp("plain", `\ntry: sql("${sql}")\nexcept Exception as error: print(error)`);
  expect(await said("SET temp_file_limit = -1")).toContain("permission denied to set parameter");
  expect(await said("ALTER ROLE plain RESET temp_file_limit")).toContain("permission denied to set parameter");
  expect(await said("ALTER ROLE plain CONNECTION LIMIT -1")).toContain("permission denied to alter role");
  await inApp(
    "plain",
    "c = psycopg.connect(os.environ['DATABASE_URL']); c.execute('ALTER ROLE plain RESET ALL'); c.commit()",
  );
  expect(await inApp("plain", "print(sql('SHOW temp_file_limit')[0][0])")).toMatch(/^\d+[kMG]B$/);
});

it("has no app take all of the machine's Postgres by connections that never log in, nor have processes without end", async () => {
  const dial = `held = []
for _ in range(100):
    try: held.append(socket.create_connection(("172.29.0.1", 5432), 5))
    except ConnectionRefusedError: pass
print(len(held))`;
  expect(Number(await inApp("plain", dial))).toBeLessThanOrEqual(64);
  const limit =
    "print([open(path).read().strip() for path in ('/sys/fs/cgroup/pids.max', '/sys/fs/cgroup/pids/pids.max') if os.path.exists(path)])";
  expect(await inApp("plain", limit)).toBe("['1024']");
});

it("changes nothing in a second run", async () => {
  expect((await stack.up()).changes).toBe("0 changes");
});

it("refuses to leave data behind without a word, and touches nothing", async () => {
  put("plain", { mode: "container", image });
  const { exitCode, all } = await stack.verb("up");
  expect(exitCode).not.toBe(0);
  expect(all).toContain("the data of plain is in the database of mode host");
  expect(all).not.toContain("plain-database");
});

it("carries an app's data over, counted on both sides, and drops the old one only when told", async () => {
  const rows = "INSERT INTO board_note (text, written) SELECT 'row ' || g, now() FROM generate_series(1, 300) g";
  await stack.onMachine("sudo", "-u", "postgres", "psql", "-q", "-d", "plain", "-c", rows);
  put("plain", { mode: "container", image, from: { mode: "host" } });
  const moved = await stack.verb("up");
  expect(moved.exitCode, moved.all).toBe(0);
  expect(moved.all).toMatch(/move the database .*from host: 2 tables with 301 rows and 2 sequences, the same on both/);
  expect(
    await inApp(
      "plain",
      "print(sql('SELECT count(*), max(id) FROM board_note'), sql('SELECT last_value FROM board_note_id_seq'))",
    ),
  ).toBe("[(300, 300)] [(300,)]");
  const { url } = {
    url:
      moved.stdout
        .trim()
        .split("\n")
        .find((line) => line.includes("plain.localhost")) ?? "",
  };
  expect((await ask(url)).status).toBe(200);
  const old = () => stack.onMachine("sudo", "-u", "postgres", "psql", "-XqAtl");
  expect(await old()).toMatch(/^plain\|/m);

  put("plain", { mode: "container", image });
  const dropped = await stack.verb("up");
  expect(dropped.exitCode, dropped.all).toBe(0);
  expect(await old()).not.toMatch(/^plain\|/m);
  expect(await stack.onMachine("bash", "-c", "ls /var/lib/slipway/dropped")).toMatch(/^plain-\d{8}T\d{6}Z\.dump$/);
});

it("starts a database container that was stopped, to save what is in it before its volume goes", async () => {
  await inApp(
    "notes",
    "c = psycopg.connect(os.environ['DATABASE_URL']); c.execute('CREATE TABLE kept AS SELECT 42 AS n'); c.commit()",
  );
  await stack.onMachine("docker", "stop", "slipway-notes_database");
  stack.configure((settings) => settings.deleteIn(["config", "slipway:apps", "notes"]));
  const { exitCode, all } = await stack.verb("up");
  expect(exitCode, all).toBe(0);
  expect(await stack.onMachine("docker", "volume", "ls", "-q")).not.toContain("slipway-notes_database");
  const read = "pg_restore --data-only --table=kept --file=- /var/lib/slipway/dropped/notes-*.dump";
  expect(await stack.onMachine("bash", "-c", read)).toMatch(/^42$/m);
});
