/** What previews have left on a machine: apps and databases whose stack is gone. Only what bears the mark of its making goes by itself. */
import type { Client } from "ssh2";
import { z } from "zod";
import { databaseName } from "../../infra/database/access";
import { containerScript } from "../../infra/database/containerScript";
import { dropNamedScript } from "../../infra/database/ownership";
import { readRemark, remarkOf } from "../../infra/mark";
import { UserError } from "../lib/userError";
import { type Captured, capture } from "../ssh/remote";
import { pullOf } from "./derive";

/** An app of a machine and the stack that it belongs to, `PROJECT/STACK`. */
export interface Tenant {
  readonly app: string;
  readonly stack: string;
  /** Of the state that stack is in; none where an older program claimed the app. */
  readonly mark?: string | undefined;
}

/** A database of a machine's own Postgres. */
export interface FoundDatabase {
  readonly name: string;
  /** What is written on it; whose it is, where a stack made it. */
  readonly comment: string | null;
}

/** What a machine has, whosever it is. */
export interface Found {
  readonly tenants: readonly Tenant[];
  readonly databases: readonly FoundDatabase[];
}

/** What tells a project's previews from those of the same names in another state. */
export interface Whose {
  readonly project: string;
  /** What the stack that they are modelled on marks as its own; undefined where it has no machine yet. */
  readonly mark: string | undefined;
}

const Tenants = z.array(z.object({ app: z.string(), stack: z.string(), mark: z.string().optional() }));
const Databases = z.array(z.object({ name: z.string(), comment: z.string().nullable() }));

/** As JSON: a name may hold anything. */
const listing =
  "SELECT coalesce(json_agg(json_build_object('name', datname, 'comment', shobj_description(oid, 'pg_database')) ORDER BY datname), '[]') FROM pg_database";

/** Asks a machine. @throws UserError if its release engine is too old to say */
export async function look(client: Client): Promise<Found> {
  const ask = async (words: readonly string[]) => {
    const { code, stdout, stderr } = await capture(client, ["sudo", ...words]);
    if (code === 0) return JSON.parse(stdout) as unknown;
    throw new UserError(
      `the machine didn't say whose its apps are: ${stderr.trim().split("\n")[0]}. If its release engine is an older one, bring its stack up once`,
    );
  };
  const tenants = Tenants.parse(await ask(["slipway", "tenants"]));
  const psql = ["psql", "-XqAt", "-d", "postgres", "-c", listing];
  return { tenants, databases: Databases.parse(await ask(["-u", "postgres", "-H", ...psql])) };
}

/** What is there of previews that are gone. */
export interface Orphans {
  readonly apps: readonly Tenant[];
  readonly databases: readonly FoundDatabase[];
  /** What is called as a preview's would be and bears no mark: nobody can tell whose it is. */
  readonly unmarked: { readonly apps: readonly Tenant[]; readonly databases: readonly string[] };
}

/** Apps and databases of previews that are gone; a database that an app there is for is that app's. @param isGone tells by the pull request */
export function orphans(found: Found, { project, mark }: Whose, isGone: (pull: number) => boolean): Orphans {
  const gone = (stack: string) => {
    const [owner, name = ""] = stack.split("/");
    const pull = pullOf(name);
    return owner === project && pull !== undefined && isGone(pull);
  };
  const apps = found.tenants.filter(({ stack }) => gone(stack));
  const kept = new Set(found.tenants.map(({ app }) => databaseName(app)));
  const databases = found.databases.filter(({ name }) => !kept.has(name));
  return {
    apps: apps.filter((tenant) => tenant.mark !== undefined && tenant.mark === mark),
    databases: databases.filter(({ comment }) => {
      const remark = readRemark(comment);
      return remark !== undefined && remark.mark === mark && gone(remark.stack);
    }),
    unmarked: {
      apps: apps.filter((tenant) => tenant.mark === undefined),
      databases: databases.flatMap(({ name, comment }) => {
        const pull = pullOf(/_(pr_\d+)$/.exec(name)?.[1]?.replace("_", "-") ?? "");
        return readRemark(comment) === undefined && pull !== undefined && isGone(pull) ? [name] : [];
      }),
    },
  };
}

/**
 * Takes an app with its data off a machine. One without a mark was named by a person: its database is dumped before.
 * @returns what the machine says of the dump
 */
export async function removeApp(client: Client, { app, stack, mark }: Tenant): Promise<string> {
  expectDone(await capture(client, ["sudo", "slipway", "remove", app, "--stack", stack, "--volumes"]));
  const name = databaseName(app);
  const said: string[] = [];
  const database = (await look(client)).databases.find((one) => one.name === name);
  if (database) {
    const remark = mark === undefined ? undefined : remarkOf({ stack, mark });
    if (remark === undefined || database.comment === remark)
      said.push(await dropDatabase(client, { name, comment: remark ?? null }));
  }
  const script = containerScript({ app, image: "", password: "", lastDump: mark === undefined });
  const done = await capture(client, ["sudo", "bash", "-euo", "pipefail", "-s", "--", "drop"], script);
  expectDone(done);
  return [...said, done.stdout.trim()].filter((line) => line !== "").join("\n");
}

/**
 * Drops a database of a machine's own Postgres and the role of its name, if it still bears its comment. One without was named by a person:
 * it is dumped before.
 * @returns what the machine says of the dump
 */
export async function dropDatabase(client: Client, { name, comment }: FoundDatabase): Promise<string> {
  const words = ["sudo", "bash", "-euo", "pipefail", "-s", "--", name, comment ?? ""];
  const done = await capture(client, words, dropNamedScript);
  expectDone(done);
  return done.stdout.trim();
}

function expectDone({ code, stdout, stderr }: Captured): void {
  if (code !== 0) throw new UserError((stderr.trim() || stdout.trim()).split("\n").slice(-3).join("\n"));
}
