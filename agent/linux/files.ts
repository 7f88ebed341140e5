/** Files of the machine itself. */
import { appendFile, mkdir, open, readdir, readFile, rename, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Files } from "../host";

/** Files as Linux keeps them. */
export const linuxFiles: Files = {
  async read(path) {
    return readFile(path, "utf8").catch(absent);
  },

  async write(path, text, mode) {
    await mkdir(dirname(path), { recursive: true, mode: 0o755 });
    const draft = `${path}.draft`;
    // A draft that a killed run left may have another mode, which opening it would keep.
    await rm(draft, { force: true });
    const file = await open(draft, "wx", mode);
    try {
      await file.chmod(mode);
      await file.writeFile(text);
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  },

  async append(path, text) {
    await mkdir(dirname(path), { recursive: true, mode: 0o755 });
    await appendFile(path, text, { mode: 0o644, flush: true });
  },

  async link(path, target) {
    await mkdir(dirname(path), { recursive: true, mode: 0o755 });
    const draft = `${path}.draft`;
    await rm(draft, { force: true });
    await symlink(target, draft);
    await rename(draft, path);
  },

  async walk(path) {
    const found = (await readdir(path, { recursive: true, withFileTypes: true }).catch(absent)) ?? [];
    return found
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
      .sort();
  },

  async list(path) {
    return ((await readdir(path).catch(absent)) ?? []).sort();
  },

  async remove(path) {
    await rm(path, { recursive: true, force: true });
  },
};

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
  throw error;
}
