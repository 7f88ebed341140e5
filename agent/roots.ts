/** Roots of private certificate authorities, as files: the edge takes them by path. A path names its content, so a new root is a new path. */
import { createHash } from "node:crypto";
import type { Files } from "./host";
import { ROOTS } from "./paths";
import type { ReleaseRecord } from "./record";

/** Where a root lies on a host. @param root PEM */
export function rootPath(root: string): string {
  return `${ROOTS}/${createHash("sha256").update(root).digest("hex").slice(0, 16)}.pem`;
}

/** Lays out what the edge needs to serve these releases. */
export async function layRoots(files: Files, records: readonly ReleaseRecord[]): Promise<void> {
  for (const root of rootsOf(records)) {
    const path = rootPath(root);
    if ((await files.read(path)) !== root) await files.write(path, root, 0o644);
  }
}

/** Removes what none of these releases needs any more. */
export async function pruneRoots(files: Files, records: readonly ReleaseRecord[]): Promise<void> {
  const needed = new Set([...rootsOf(records)].map(rootPath));
  for (const name of await files.list(ROOTS)) {
    const path = `${ROOTS}/${name}`;
    if (!needed.has(path)) await files.remove(path);
  }
}

function rootsOf(records: readonly ReleaseRecord[]): ReadonlySet<string> {
  return new Set(records.flatMap(({ content: { tls } }) => (tls.mode === "acme" && tls.root ? [tls.root] : [])));
}
