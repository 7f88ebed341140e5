import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { execa } from "execa";

/** Longest wait for the first byte and for the whole of a download, in ms: a machine that can't reach it must not wait. */
const connectLimit = 5_000;
const wholeLimit = 120_000;

/** A compressed archive on a download site. */
export interface Archive {
  readonly url: string;
  /** SHA-256 that it must have, in hexadecimal, as it stands in this checkout: a sum from the same site vouches for nothing. */
  readonly sha256: string;
  /** Folder it is unpacked to. It appears whole or not at all. */
  readonly folder: string;
}

/** Downloads, checks and unpacks. @returns false if it cannot be had in the time; it is then got another way */
export async function download({ url, sha256, folder }: Archive): Promise<boolean> {
  const name = new URL(url).pathname.split("/").at(-1) ?? "";
  const bytes = await fetchBytes(url);
  if (!bytes) return false;
  const found = createHash("sha256").update(bytes).digest("hex");
  if (found !== sha256) {
    process.stderr.write(`${name} has the sum ${found}, and not ${sha256} as this checkout says; it is not used\n`);
    return false;
  }
  mkdirSync(dirname(folder), { recursive: true });
  const partial = mkdtempSync(`${folder}.partial-`);
  try {
    writeFileSync(join(partial, name), bytes);
    await execa("tar", ["-xzf", name], { cwd: partial });
    rmSync(join(partial, name));
    renameSync(partial, folder);
    return true;
  } catch {
    rmSync(partial, { recursive: true, force: true });
    return false;
  }
}

async function fetchBytes(url: string): Promise<Buffer | undefined> {
  const connect = new AbortController();
  const timer = setTimeout(() => connect.abort(), connectLimit);
  try {
    const response = await fetch(url, { signal: AbortSignal.any([connect.signal, AbortSignal.timeout(wholeLimit)]) });
    clearTimeout(timer);
    return response.ok ? Buffer.from(await response.arrayBuffer()) : undefined;
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
