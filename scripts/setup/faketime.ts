/** libfaketime, by which a program sees another date than the machine's. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../lib/userError";
import { aptInstall, canInstall } from "./apt";

/** Where Debian's package puts it, a folder for each architecture; the one for programs of several threads. */
const FOLDER = "/usr/lib";
const LIBRARY = join("faketime", "libfaketimeMT.so.1");

/** Path of the library, if it is installed. */
export function installedFaketime(folder = FOLDER): string | undefined {
  if (!existsSync(folder)) return undefined;
  return readdirSync(folder)
    .map((architecture) => join(folder, architecture, LIBRARY))
    .find((path) => existsSync(path));
}

/** Makes sure it is installed. @returns its path @throws UserError with what to install */
export async function ensureFaketime(): Promise<string> {
  if (!installedFaketime() && canInstall()) await aptInstall("clock of the tests", ["faketime"]);
  const path = installedFaketime();
  if (!path)
    throw new UserError(
      "libfaketime is not installed; tests run with another date by it: sudo apt-get install faketime (on Debian or Ubuntu)",
    );
  return path;
}
