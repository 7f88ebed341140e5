/** Managed databases on a real engine, in slot 7: what the interface says, and what only a client can see. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSandboxApp, type Sandbox } from "../../sandbox/app";
import { systemClock } from "../../sandbox/control/clock";
import { Authority } from "../../sandbox/databases/authority";
import type { ServerOrder } from "../../sandbox/databases/databases";
import { databasesCases } from "../../sandbox/databases/databases.cases";
import { DockerDatabases } from "../../sandbox/databases/docker";
import { memoryNames } from "../../sandbox/dns/memory";
import { memoryMachines } from "../../sandbox/machines/memory";
import { type Prepared, prepare } from "../../sandbox/prepare";
import { purge } from "../../sandbox/remains";
import { slotOf } from "../../sandbox/slot";
import { fileStore } from "../../sandbox/store/file";
import { dropletBody } from "../../sandbox/testing";

const slot = slotOf({ ...process.env, SLIPWAY_SANDBOX_SLOT: "30" });
const net = slot.network.gateway.replace(/\.1$/, "");
const say = (line: string) => process.stderr.write(`${line}\n`);
const folder = mkdtempSync(join(tmpdir(), "slipway-databases-"));
/** The address of the first droplet, and one that no rule names. */
const app = `${net}.10`;
const stranger = `${net}.60`;
let prepared: Prepared;
let databases: DockerDatabases;

function order(id: string): ServerOrder {
  return {
    id,
    address: `${net}.${180 + (Number(id.split("-")[2]) % 10)}`,
    port: 25060,
    memory: 1024,
    vcpus: 1,
    connections: 25,
    admin: { name: "doadmin", password: "first'password" },
    database: "defaultdb",
    sources: undefined,
  };
}

/** The clouds of a daemon that has just started: droplets are records, databases are real. */
async function daemon(): Promise<Sandbox> {
  const sandbox = createSandboxApp({
    machines: memoryMachines(),
    databases,
    names: memoryNames(),
    store: fileStore(join(folder, "state.json")),
    clock: systemClock,
    network: {
      subnet: slot.network.subnet,
      gateway: slot.network.gateway,
      machines: [app, `${net}.50`],
      databases: [`${net}.190`, `${net}.199`],
      reserved: [`${net}.200`, `${net}.210`],
    },
    version: "0.0.0",
    log: say,
  });
  await sandbox.restore();
  return sandbox;
}

let sandbox: Sandbox;
async function ask(method: string, path: string, body?: unknown) {
  const response = await sandbox.app.request(path, {
    method,
    headers: { authorization: "Bearer a-token", "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
}

interface Login {
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly mode?: string;
  readonly ca?: string;
}

/** What psql says to statements, from a container of its own on the sandbox's network; its last line if it fails. */
async function psql(from: string, host: string, login: Login, ...statements: string[]): Promise<string> {
  const { user, database, mode = "verify-full", ca = "ca.crt" } = login;
  const where = `host=${host} port=25060 user=${user} dbname=${database} sslmode=${mode} connect_timeout=3 sslrootcert=/trust/${ca}`;
  const args = ["run", "--rm", "--network", slot.network.name, "--ip", from, "--volume", `${folder}:/trust:ro`];
  const label = ["--label", `slipway.sandbox=${slot.number}`, "--env", "PGPASSWORD", "--user", "root"];
  const command = [prepared.images.postgres, "psql", "-XqAt", where, ...statements.flatMap((one) => ["-c", one])];
  const ran = await execa("docker", [...args, ...label, ...command], {
    env: { PGPASSWORD: login.password },
    reject: false,
    all: true,
  });
  return ran.exitCode === 0 ? ran.stdout : `failed: ${ran.all.replaceAll("\n", " ")}`;
}

beforeAll(async () => {
  prepared = await prepare(slot, [], say);
  await purge(prepared.engine, slot);
  prepared = await prepare(slot, [], say);
  const { engine, images } = prepared;
  const kept = join(slot.folder, "databases");
  databases = new DockerDatabases({
    engine,
    slot,
    image: images.postgres,
    authority: new Authority(engine, images.postgres, kept),
    notes: join(kept, "servers"),
  });
  writeFileSync(join(folder, "ca.crt"), await databases.authority());
  const other = new Authority(engine, images.postgres, join(folder, "other"));
  writeFileSync(join(folder, "other.crt"), await other.certificate());
});

afterAll(async () => {
  await purge(prepared.engine, slot);
  rmSync(folder, { recursive: true });
  const filter = ["--quiet", "--filter", `label=slipway.sandbox=${slot.number}`];
  for (const kind of [
    ["ps", "--all"],
    ["volume", "ls"],
    ["network", "ls"],
  ]) {
    expect((await execa("docker", [...kind, ...filter])).stdout, kind.join(" ")).toBe("");
  }
});

databasesCases("on a Docker engine", async () => ({ databases, order }));

describe("a managed database", () => {
  let path: string;
  let host: string;
  let admin: Login;
  let user: Login;

  beforeAll(async () => {
    sandbox = await daemon();
  });

  it("is online within a minute", async () => {
    const began = Date.now();
    const body = { name: "main", engine: "pg", version: "17", size: "db-s-1vcpu-1gb", region: "fra1", num_nodes: 1 };
    const { database } = (await ask("POST", "/v2/databases", body)).body;
    expect(database.status).toBe("creating");
    path = `/v2/databases/${database.id}`;
    await sandbox.settled();
    const online = (await ask("GET", path)).body.database;
    expect(online.status).toBe("online");
    const seconds = (Date.now() - began) / 1000;
    say(`online after ${seconds.toFixed(1)} s`);
    expect(seconds).toBeLessThan(60);
    host = online.connection.host;
    admin = { user: "doadmin", password: online.connection.password, database: "defaultdb" };
  });

  it("is reached by TLS alone, and known by its authority", async () => {
    const tls = "SELECT ssl, current_user FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    expect(await psql(stranger, host, admin, tls)).toBe("t|doadmin");
    expect(await psql(stranger, host, { ...admin, mode: "require", ca: "none" }, tls)).toBe("t|doadmin");
    expect(await psql(stranger, host, { ...admin, ca: "other.crt" }, tls)).toMatch(
      /^failed: .*certificate verify failed/,
    );
    expect(await psql(stranger, host, { ...admin, mode: "disable" }, tls)).toMatch(/^failed: .*no encryption/);
    expect(await psql(stranger, host, { ...admin, password: "wrong" }, tls)).toMatch(
      /^failed: .*password authentication failed/,
    );
    expect(await psql(stranger, host, { ...admin, user: "postgres" }, tls)).toMatch(/^failed: .*rejects connection/);
  });

  it("gives a user of its own nothing in a database until the administrator grants it, as since Postgres 15", async () => {
    await ask("POST", `${path}/dbs`, { name: "app" });
    const made = (await ask("POST", `${path}/users`, { name: "app" })).body.user;
    user = { user: "app", password: made.password, database: "app" };
    const migrate = "CREATE TABLE notes (id int PRIMARY KEY)";
    expect(await psql(stranger, host, user, migrate)).toMatch(/permission denied for schema public/);
    const there = { ...admin, database: "app" };
    expect(await psql(stranger, host, there, "ALTER DATABASE app OWNER TO app")).toMatch(/must be able to SET ROLE/);
    expect(
      await psql(stranger, host, there, "GRANT CREATE ON DATABASE app TO app", "GRANT ALL ON SCHEMA public TO app"),
    ).toBe("");
    const filled = await psql(
      stranger,
      host,
      user,
      migrate,
      "INSERT INTO notes VALUES (1), (2)",
      "CREATE EXTENSION citext",
    );
    expect(filled).toBe("");
    expect(await psql(stranger, host, admin, "CREATE ROLE other SUPERUSER")).toMatch(/^failed: .*permission denied/);
  });

  it("changes a password so that the old one is good no more", async () => {
    const { password } = (await ask("POST", `${path}/users/app/reset_auth`, {})).body.user;
    expect(await psql(stranger, host, user, "SELECT 1")).toMatch(/password authentication failed/);
    user = { ...user, password };
    expect(await psql(stranger, host, user, "SELECT count(*) FROM notes")).toBe("2");
  });

  it("answers its trusted sources and nobody else, as soon as they are changed", async () => {
    await ask("POST", "/v2/droplets", dropletBody({ name: "app", tags: ["app"] }));
    await sandbox.settled();
    const count = (from: string) => psql(from, host, user, "SELECT count(*) FROM notes");
    await ask("PUT", `${path}/firewall`, { rules: [{ type: "tag", value: "app" }] });
    expect(await count(app)).toBe("2");
    expect(await count(stranger)).toMatch(/^failed: .*timeout expired/);
    await ask("PUT", `${path}/firewall`, { rules: [{ type: "ip_addr", value: `${stranger}/32` }] });
    expect(await count(stranger)).toBe("2");
    expect(await count(app)).toMatch(/^failed: .*timeout expired/);
  });

  it("comes back with its data and its sources when the daemon starts after its server was killed", async () => {
    await sandbox.settled();
    await execa("docker", ["kill", "slipway-30-do-database-1"]);
    sandbox = await daemon();
    expect((await ask("GET", path)).body.database.status).toBe("online");
    expect(await psql(stranger, host, user, "SELECT count(*) FROM notes")).toBe("2");
    expect(await psql(app, host, user, "SELECT 1")).toMatch(/timeout expired/);
  });

  it("keeps its data when its container is lost", async () => {
    await execa("docker", ["rm", "--force", "slipway-30-do-database-1"]);
    sandbox = await daemon();
    expect(await psql(stranger, host, user, "SELECT count(*) FROM notes")).toBe("2");
    expect(await psql(app, host, user, "SELECT 1")).toMatch(/timeout expired/);
  });

  it("takes as many sessions as its size has, and more after a resize", async () => {
    expect(await psql(stranger, host, admin, "SHOW max_connections")).toBe("25");
    await ask("PUT", `${path}/resize`, { size: "db-s-2vcpu-4gb", num_nodes: 2 });
    await sandbox.settled();
    expect((await ask("GET", path)).body.database).toMatchObject({ status: "online", size: "db-s-2vcpu-4gb" });
    expect(await psql(stranger, host, admin, "SHOW max_connections")).toBe("100");
    expect(await psql(stranger, host, user, "SELECT count(*) FROM notes")).toBe("2");
  });

  it("keeps what a deleted user owned, for the administrator", async () => {
    expect((await ask("DELETE", `${path}/users/app`)).status).toBe(204);
    expect(await psql(stranger, host, user, "SELECT 1")).toMatch(/^failed/);
    expect(await psql(stranger, host, { ...admin, database: "app" }, "SELECT count(*) FROM notes")).toBe("2");
  });

  it("says no password in its log", async () => {
    const { all } = await execa("docker", ["logs", "slipway-30-do-database-1"], { all: true });
    expect(all).toContain("ready to accept connections");
    for (const { password } of [admin, user]) expect(all).not.toContain(password);
  });

  it("leaves nothing when it is deleted", async () => {
    expect((await ask("DELETE", path)).status).toBe(204);
    expect((await ask("GET", path)).status).toBe(404);
    for (const kind of [
      ["ps", "--all"],
      ["volume", "ls"],
    ]) {
      const { stdout } = await execa("docker", [...kind, "--quiet", "--filter", "name=slipway-30-do-database"]);
      expect(stdout).toBe("");
    }
  });
});
