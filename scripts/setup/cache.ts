import { homedir } from "node:os";
import { join } from "node:path";

/** Folder for everything that is not in the checkout: `SLIPWAY_CACHE`, or `~/.cache/slipway`. */
export function cacheFolder(...parts: string[]): string {
  return join(process.env.SLIPWAY_CACHE ?? join(homedir(), ".cache", "slipway"), ...parts);
}

/** The checkout these scripts belong to. @throws Error if a script was started around its shell entry */
export function checkout(...parts: string[]): string {
  const root = process.env.SLIPWAY_ROOT;
  if (!root) throw new Error("SLIPWAY_ROOT is not set: start the verbs in scripts/ themselves");
  return join(root, ...parts);
}
