import { createHash, type Hash } from "node:crypto";
import { closeSync, existsSync, lstatSync, openSync, readdirSync, readFileSync, readlinkSync, readSync } from "node:fs";
import { join, posix } from "node:path";
import ignore from "@balena/dockerignore";
import { mistake } from "../mistake";

/** What an image is built from. */
export interface BuildInput {
  /** Folder, from the working directory. */
  readonly context: string;
  /** Path of the Dockerfile from the context, which it may lie outside of. */
  readonly dockerfile: string;
  readonly target?: string;
  readonly platform: string;
  readonly args: Readonly<Record<string, string>>;
}

/**
 * A tag made from everything that goes into an image: 16 hexadecimal digits that change when a file of the context (less
 * what .dockerignore leaves out), its executable bit, the Dockerfile wherever it is, an argument, the target or the platform does, and
 * never otherwise. So an unchanged app is never built, and a tag is never used twice. A folder counts by what is in it: git keeps no empty
 * ones, and interpreters leave some behind.
 */
export function contentTag({ context, dockerfile, target, platform, args }: BuildInput): string {
  const hash = createHash("sha256");
  const sortedArgs = Object.entries(args).sort(([a], [b]) => (a < b ? -1 : 1));
  hash.update(JSON.stringify({ dockerfile, target, platform, args: sortedArgs }));
  for (const file of contextFiles(context, dockerfile))
    hash.update(JSON.stringify([file, fingerprint(join(context, file))]));
  const read = join(context, dockerfile);
  // Where it is a link, what it leads to is what is built.
  if (existsSync(read) && lstatSync(read).isSymbolicLink()) hash.update(JSON.stringify(["->", digestOf(read)]));
  return hash.digest("hex").slice(0, 16);
}

/** Paths of the files a build of `context` reads, from there, sorted, with `/` between folders: the Dockerfile is always one of them. */
export function contextFiles(context: string, dockerfile: string): string[] {
  const { ignores, prunes } = ignoredIn(context, dockerfile);
  const found = new Set<string>();
  const walk = (folder: string) => {
    for (const entry of readdirSync(join(context, folder), { withFileTypes: true })) {
      const path = posix.join(folder, entry.name);
      if (entry.isDirectory()) {
        if (!prunes || !ignores(path)) walk(path);
      } else if (!entry.isSocket() && !ignores(path)) found.add(path);
    }
  };
  walk("");
  const own = posix.normalize(dockerfile);
  if (existsSync(join(context, own))) found.add(own);
  return [...found].sort();
}

/**
 * What is left out of a context. A file named after the Dockerfile, beside it, wins over the folder's own (docs.docker.com, «Build context»,
 * filename and location). Names differ by case.
 */
function ignoredIn(context: string, dockerfile: string): { ignores: (path: string) => boolean; prunes: boolean } {
  const files = [join(context, `${dockerfile}.dockerignore`), join(context, ".dockerignore")];
  const file = files.find((path) => existsSync(path));
  const text = file === undefined ? "" : readFileSync(file, "utf8").replace(/^\ufeff/, "");
  const rules = ignore({ ignorecase: false }).add(text);
  // An exception may lie in a folder that is left out, so with one every folder has to be looked into.
  return { ignores: (path) => rules.ignores(path), prunes: !/^\s*!/m.test(text) };
}

/** Permissions that say nothing of their own: anybody may read it, and git keeps no others. */
const isUsual = (mode: number) => (mode & 0o7000) === 0 && (mode & 0o004) !== 0;

function fingerprint(path: string): string {
  const stat = lstatSync(path);
  if (stat.isSymbolicLink()) return `link ${readlinkSync(path)}`;
  // Pipes and devices are sent by what they are: nobody writes to the one, and the other has no end.
  if (!stat.isFile()) return `special ${stat.mode.toString(8)} ${stat.rdev}`;
  const executable = (stat.mode & 0o111) !== 0 ? "x" : "-";
  const mode = isUsual(stat.mode) ? "" : ` ${(stat.mode & 0o7777).toString(8)}`;
  return `${executable}${mode} ${digestOf(path)}`;
}

/** SHA-256 of a file of any size. */
function digestOf(path: string): string {
  try {
    return withContent(path, createHash("sha256")).digest("hex");
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    throw mistake(
      `${path} can't be read for the build (${code}): make it readable, or name it in .dockerignore if the image doesn't need it`,
    );
  }
}

function withContent(path: string, hash: Hash): Hash {
  const file = openSync(path, "r");
  try {
    const chunk = Buffer.allocUnsafe(1 << 16);
    for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk)) hash.update(chunk.subarray(0, read));
    return hash;
  } finally {
    closeSync(file);
  }
}
