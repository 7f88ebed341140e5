import { existsSync, readdirSync } from "node:fs";
import { UserError } from "../lib/userError";
import { aptInstall, canInstall } from "./apt";

/** Where Debian and Ubuntu keep the programs of each version's server. */
const SERVERS = "/usr/lib/postgresql";

/** The fast tests try dumps and restores on a real server of their own. @throws UserError with what to do by hand */
export async function ensurePostgres(): Promise<void> {
  const onPath = (process.env.PATH ?? "").split(":").some((folder) => existsSync(`${folder}/initdb`));
  if (onPath || (existsSync(SERVERS) && readdirSync(SERVERS).length > 0)) return;
  if (!canInstall())
    throw new UserError(
      "Postgres's server is not installed; the tests try dumps and restores on one: sudo apt-get install postgresql",
    );
  await aptInstall("Postgres", ["postgresql"]);
}
