/** Files of the machine itself. */
import { randomUUID } from "node:crypto";
import { appendFile, chmod, link, mkdir, open, readdir, readFile, rename, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Failure } from "../failure";
import type { Files } from "../host";

const files: Files = {
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
    await syncFolder(dirname(path));
  },

  async create(path, text, mode) {
    const draft = `${path}.${randomUUID()}`;
    await files.write(draft, text, mode);
    await link(draft, path)
      .catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "EEXIST") throw error;
      })
      .finally(() => rm(draft, { force: true }));
  },

  async append(path, text) {
    await mkdir(dirname(path), { recursive: true, mode: 0o755 });
    await appendFile(path, text, { mode: 0o600, flush: true });
  },

  async close(path) {
    await chmod(path, 0o600).catch(absent);
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

/** Only then does a new name outlive a power cut. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  await folder.sync().finally(() => folder.close());
}

/** What the system says when a disk or a folder is not as it should be, in words that say what to do. */
const CAUSES: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full. To make room: sudo docker image prune; sudo journalctl --vacuum-size=200M; a larger disk",
  EDQUOT: "the disk's quota is used up",
  EROFS: "the disk is read-only; «sudo dmesg» says why",
  EIO: "the disk has errors; «sudo dmesg» tells more",
  EACCES: "no permission",
  EISDIR: "there is a folder in its place",
  ENOTDIR: "there is a file in place of a folder",
};

/** A full disk is no bug. */
function told(path: string): (error: NodeJS.ErrnoException) => never {
  return (error) => {
    const cause = CAUSES[error.code ?? ""];
    throw cause === undefined ? error : new Failure(`${path}: ${cause}`);
  };
}

/** Files as Linux keeps them. */
export const linuxFiles: Files = {
  read: (path) => files.read(path).catch(told(path)),
  write: (path, text, mode) => files.write(path, text, mode).catch(told(path)),
  create: (path, text, mode) => files.create(path, text, mode).catch(told(path)),
  append: (path, text) => files.append(path, text).catch(told(path)),
  close: (path) => files.close(path).catch(told(path)),
  link: (path, target) => files.link(path, target).catch(told(path)),
  walk: (path) => files.walk(path).catch(told(path)),
  list: (path) => files.list(path).catch(told(path)),
  remove: (path) => files.remove(path).catch(told(path)),
};

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
  throw error;
}
