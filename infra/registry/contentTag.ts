import { createHash } from "node:crypto";
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import ignore from "@balena/dockerignore";

/** What an image is built from. */
export interface BuildInput {
  /** Folder, from the working directory. */
  readonly context: string;
  /** Path of the Dockerfile in the context. */
  readonly dockerfile: string;
  readonly target?: string;
  readonly platform: string;
  readonly args: Readonly<Record<string, string>>;
}

/**
 * A tag made from everything that goes into an image: 16 hexadecimal digits that change when a file of the context (less
 * what .dockerignore leaves out), its executable bit, the Dockerfile, an argument, the target or the platform does, and
 * never otherwise. So an unchanged app is never built, and a tag is never used twice.
 */
export function contentTag({ context, dockerfile, target, platform, args }: BuildInput): string {
  const hash = createHash("sha256");
  const sortedArgs = Object.entries(args).sort(([a], [b]) => (a < b ? -1 : 1));
  hash.update(JSON.stringify({ dockerfile, target, platform, args: sortedArgs }));
  for (const file of contextFiles(context, dockerfile))
    hash.update(JSON.stringify([file, fingerprint(join(context, file))]));
  return hash.digest("hex").slice(0, 16);
}

/** Paths of the files a build of `context` sees, sorted, with `/` between folders. */
export function contextFiles(context: string, dockerfile: string): string[] {
  const filter = ignore();
  const own = [`${dockerfile}.dockerignore`, ".dockerignore"].find((name) => existsSync(join(context, name)));
  if (own) filter.add(readFileSync(join(context, own), "utf8"));
  const all = readdirSync(context, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(context, "/").length).replaceAll("\\", "/"));
  return all.filter((path) => path === dockerfile || filter.filter([path]).length > 0).sort();
}

function fingerprint(path: string): string {
  const stat = lstatSync(path);
  if (stat.isSymbolicLink()) return `link ${readlinkSync(path)}`;
  const executable = (stat.mode & 0o111) !== 0 ? "x" : "-";
  return `${executable} ${createHash("sha256").update(readFileSync(path)).digest("hex")}`;
}
