import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { execa } from "execa";

/** Longest wait for the first byte and for the whole of a download, in ms: a machine that can't reach it must not wait. */
const connectLimit = 5_000;
const wholeLimit = 120_000;

/** A compressed archive on the Pulumi project's download site. */
export interface Archive {
  readonly url: string;
  /** Address of the list of SHA-256 sums it is checked against. */
  readonly checksums: string;
  /** Folder it is unpacked to. It appears whole or not at all. */
  readonly folder: string;
}

/** Downloads, checks and unpacks. @returns false if it cannot be had in the time; it is then got another way */
export async function download({ url, checksums, folder }: Archive): Promise<boolean> {
  const name = new URL(url).pathname.split("/").at(-1) ?? "";
  const sums = await fetchBytes(checksums);
  const bytes = sums && (await fetchBytes(url));
  if (!sums || !bytes) return false;
  const expected = sums
    .toString()
    .split("\n")
    .find((line) => line.endsWith(name))
    ?.split(/\s+/)[0];
  if (createHash("sha256").update(bytes).digest("hex") !== expected) return false;
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
