import { mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";
import type { Store } from "./store";

/**
 * Keeps the document in one JSON file. A save writes a file beside it, brings it to the disk and renames it, so that a
 * crash leaves the old document or the new one. A file that is not whole is refused, never overwritten unasked.
 * @param path absolute path of the file; its folder is made when needed
 */
export function fileStore(path: string): Store {
  const beside = `${path}.new`;
  return {
    async load() {
      const text = await read(path);
      if (text === undefined) return undefined;
      try {
        return JSON.parse(text);
      } catch (error) {
        throw new Error(
          `the sandbox's records in ${path} are not whole (${(error as Error).message}); put a copy back, or move the ` +
            "file away to start empty: machines without a record are then destroyed",
        );
      }
    },
    async save(document) {
      await mkdir(dirname(path), { recursive: true });
      const file = await open(beside, "w", 0o600);
      try {
        await file.writeFile(JSON.stringify(document));
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(beside, path);
    },
  };
}

async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new Error(`the sandbox's records in ${path} cannot be read: ${(error as Error).message}`);
  }
}
