/** What previews have left on a machine: apps and databases whose stack is gone. */
import type { Client } from "ssh2";
import { z } from "zod";
import { databaseName } from "../../infra/database/access";
import { containerScript } from "../../infra/database/containerScript";
import { hostDatabaseAddress, hostDatabaseScript } from "../../infra/database/hostPostgres";
import { UserError } from "../lib/userError";
import { type Captured, capture } from "../ssh/remote";
import { pullOf } from "./derive";

/** An app of a machine and the stack that it belongs to, `PROJECT/STACK`. */
export interface Tenant {
  readonly app: string;
  readonly stack: string;
}

/** What a machine has, whosever it is. */
export interface Found {
  readonly tenants: readonly Tenant[];
  /** Names of the databases of its own Postgres. */
  readonly databases: readonly string[];
}

const Tenants = z.array(z.object({ app: z.string(), stack: z.string() }));

/** Asks a machine. @throws UserError if its release engine is too old to say */
export async function look(client: Client): Promise<Found> {
  const list =
    "slipway tenants && sudo -u postgres psql -XAtc 'SELECT datname FROM pg_database ORDER BY 1' | sed 's/^/database /'";
  const { code, stdout, stderr } = await capture(client, ["sudo", "sh", "-c", `cd / && ${list}`]);
  if (code !== 0)
    throw new UserError(
      `the machine didn't say whose its apps are: ${stderr.trim().split("\n")[0]}. If its release engine is an older one, bring its stack up once`,
    );
  const [json = "", ...lines] = stdout.split(/^database /m);
  return { tenants: Tenants.parse(JSON.parse(json)), databases: lines.map((line) => line.trim()) };
}

/** Apps and databases of previews that are gone; a database that an app there is for is that app's. @param isGone tells by the pull request */
export function orphans(found: Found, project: string, isGone: (pull: number) => boolean) {
  const apps = found.tenants.filter(({ stack }) => {
    const [owner, name = ""] = stack.split("/");
    const pull = pullOf(name);
    return owner === project && pull !== undefined && isGone(pull);
  });
  const kept = new Set(found.tenants.map(({ app }) => databaseName(app)));
  const databases = found.databases.filter((name) => {
    const pull = pullOf(/_(pr_\d+)$/.exec(name)?.[1]?.replace("_", "-") ?? "");
    return pull !== undefined && isGone(pull) && !kept.has(name);
  });
  return { apps, databases };
}

/** Takes an app with its data off a machine. */
export async function removeApp(client: Client, { app, stack }: Tenant): Promise<void> {
  expectDone(await capture(client, ["sudo", "slipway", "remove", app, "--stack", stack, "--volumes"]));
  await dropDatabases(client, app);
}

/** Drops a database of a machine's own Postgres, and the role of that name. */
export async function dropDatabase(client: Client, name: string): Promise<void> {
  const script = hostDatabaseScript(name, { ...hostDatabaseAddress(""), name, user: name }, "", { lastDump: false });
  expectDone(await drop(client, script));
}

/** Both kinds that a machine may have for an app. */
async function dropDatabases(client: Client, app: string): Promise<void> {
  await dropDatabase(client, databaseName(app));
  expectDone(await drop(client, containerScript({ app, image: "", password: "", lastDump: false })));
}

function drop(client: Client, script: string): Promise<Captured> {
  return capture(client, ["sudo", "bash", "-euo", "pipefail", "-s", "--", "drop"], script);
}

function expectDone({ code, stdout, stderr }: Captured): void {
  if (code !== 0) throw new UserError((stderr.trim() || stdout.trim()).split("\n").slice(-3).join("\n"));
}
