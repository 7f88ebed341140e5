/** The files an image is built from: which they are, what they hash to, and how they travel to the engine. */
import { createHash } from "node:crypto";
import {
  createReadStream,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  statSync,
} from "node:fs";
import { join, posix, relative, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import ignore from "@balena/dockerignore";
import { pack } from "tar-stream";

/** A folder and the Dockerfile, both from the working directory; the Dockerfile may lie outside of the folder. */
export interface Context {
  readonly folder: string;
  readonly dockerfile: string;
}

/** The Dockerfile's path from the context's folder, with `/`; starts with `../` if it lies outside. */
export function relativeDockerfile({ folder, dockerfile }: Context): string {
  return relative(folder, dockerfile).split(sep).join("/");
}

/** Which paths of a context, less those an ignore file leaves out. The Dockerfile's own ignore file wins over the folder's. */
function filter({ folder, dockerfile }: Context): { ignores: (path: string) => boolean; prunes: boolean } {
  const file = [`${dockerfile}.dockerignore`, join(folder, ".dockerignore")].find((path) => existsSync(path));
  const text = file === undefined ? "" : readFileSync(file, "utf8");
  const rules = ignore({ ignorecase: false }).add(text);
  // An exception may lie in a folder that is left out, so with one every folder has to be looked into.
  return { ignores: (path) => rules.ignores(path), prunes: !/^\s*!/m.test(text) };
}

/** Paths from the context's folder of everything but folders, with `/`, in a fixed order. */
export function contextFiles(context: Context): string[] {
  const { ignores, prunes } = filter(context);
  const found: string[] = [];
  const walk = (folder: string) => {
    for (const entry of readdirSync(join(context.folder, folder), { withFileTypes: true })) {
      const path = posix.join(folder, entry.name);
      if (entry.isDirectory()) {
        if (!prunes || !ignores(path)) walk(path);
      } else if (!ignores(path)) found.push(path);
    }
  };
  walk("");
  return found.sort();
}

/**
 * SHA-256 of the context: changes with a file's content, name or mode, with where a link leads, and with the Dockerfile's
 * content; not with times, nor with anything that is ignored.
 */
export function contextDigest(context: Context): string {
  const hash = createHash("sha256");
  hash.update(JSON.stringify(["Dockerfile", fingerprint(context.dockerfile)]));
  for (const path of contextFiles(context)) {
    const file = join(context.folder, path);
    hash.update(JSON.stringify([path, lstatSync(file).mode, fingerprint(file)]));
  }
  return hash.digest("hex");
}

function fingerprint(file: string): string {
  const stat = lstatSync(file);
  if (stat.isSymbolicLink()) return realpathSync(file);
  return stat.isFile() ? createHash("sha256").update(readFileSync(file)).digest("hex") : "";
}

/** The context as a tar stream, and the Dockerfile's path in it. Every file belongs to root. */
export function contextTar(context: Context): { tar: NodeJS.ReadableStream; dockerfile: string } {
  const inside = relativeDockerfile(context);
  const isOutside = inside.startsWith("../");
  const dockerfile = isOutside ? ".slipway.Dockerfile" : inside;
  const paths = new Set(contextFiles(context));
  // The engine needs the Dockerfile even where the ignore file leaves it out.
  if (!isOutside) paths.add(inside);
  const tar = pack();
  const fill = async () => {
    for (const path of paths) await add(path, join(context.folder, path));
    if (isOutside) await add(dockerfile, context.dockerfile);
    tar.finalize();
  };
  const add = async (name: string, file: string) => {
    const stat = lstatSync(file);
    const header = { name, mode: stat.mode & 0o7777, mtime: stat.mtime, uid: 0, gid: 0 };
    if (stat.isSymbolicLink()) tar.entry({ ...header, type: "symlink", linkname: readlinkSync(file) });
    else if (stat.isFile()) await pipeline(createReadStream(file), tar.entry({ ...header, size: statSync(file).size }));
  };
  fill().catch((error: Error) => tar.destroy(error));
  // tar-stream's own streams behave as Node's, but their types say less.
  return { tar: tar as unknown as NodeJS.ReadableStream, dockerfile };
}
