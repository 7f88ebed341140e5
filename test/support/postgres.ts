/** A Postgres of a test's own: real, on a socket in a folder of its own, by a user without rights, and gone with the test. */
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Whom a server runs as where the tests run as root, which Postgres refuses. */
export const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined;

/** A server that runs. */
export interface TestServer {
  /** Folder that the server's user may write to. */
  readonly folder: string;
  /** URL of a database, as a role that needs no password. */
  url(role: string, database: string, options?: string): string;
  /** Carries out SQL as a superuser, or as another role; resolves with what it gives. */
  sql(database: string, sql: string, role?: string): string;
  stop(): void;
}

/** Starts one. @throws Error if Postgres's server is not installed */
export function startPostgres(): TestServer {
  const bin = serverFolder();
  const folder = mkdtempSync(join(tmpdir(), "slipway-pg-"));
  if (nobody) execFileSync("chown", [`${nobody.uid}:${nobody.gid}`, folder]);
  chmodSync(folder, 0o755);
  const run = (program: string, args: readonly string[], input = "") =>
    execFileSync(program, args, {
      ...nobody,
      input,
      cwd: "/",
      encoding: "utf8",
      stdio: ["pipe", "pipe", "pipe"],
      env: { PATH: process.env.PATH ?? "/usr/bin:/bin", LC_ALL: "C.UTF-8", HOME: "/nonexistent" },
    });
  const data = join(folder, "data");
  run(join(bin, "initdb"), ["-D", data, "-U", "boss", "--auth=trust", "--no-sync", "-E", "UTF8"]);
  const settings = `-c listen_addresses= -c unix_socket_directories=${folder} -c fsync=off -c shared_buffers=16MB`;
  run(join(bin, "pg_ctl"), ["-D", data, "-w", "-l", join(folder, "log"), "-o", settings, "start"]);
  return {
    folder,
    url: (role, database, options) =>
      `postgres://${encodeURIComponent(role)}@/${encodeURIComponent(database)}?host=${folder}${
        options === undefined ? "" : `&options=${encodeURIComponent(options)}`
      }`,
    sql: (database, sql, role = "boss") =>
      run(
        "psql",
        ["-XqAt", "-v", "ON_ERROR_STOP=1", "-h", folder, "-U", role, "-d", database, "-f", "-"],
        sql,
      ).trimEnd(),
    stop() {
      run(join(bin, "pg_ctl"), ["-D", data, "-m", "immediate", "-w", "stop"]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Folder of the server's programs: Debian and Ubuntu keep them, by version, off the PATH. */
function serverFolder(): string {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(a) - Number(b)) : [];
  const folders = [
    ...versions.reverse().map((version) => join(debian, version, "bin")),
    ...(process.env.PATH ?? "").split(":"),
  ];
  const found = folders.find((folder) => existsSync(join(folder, "initdb")));
  if (found === undefined) throw new Error("Postgres's server is not installed: sudo apt-get install postgresql");
  return found;
}
