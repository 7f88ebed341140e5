import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Disk, Firewall } from "./machines";

/** What must be put back each time a machine is turned on, because it lives in its network or its /dev, which go with the power. */
export interface Note {
  readonly firewall?: Firewall;
  readonly extraAddresses: readonly string[];
  readonly disks?: readonly Disk[];
}

/** Notes on machines, a file for each, so that they outlive the daemon. */
export class Notes {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async read(id: string): Promise<Note> {
    try {
      return JSON.parse(await readFile(this.#file(id), "utf8")) as Note;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return { extraAddresses: [] };
      throw new Error(`${this.#file(id)} cannot be read: ${(error as Error).message}`);
    }
  }

  async write(id: string, note: Note): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    await writeFile(`${this.#file(id)}.new`, JSON.stringify(note));
    await rename(`${this.#file(id)}.new`, this.#file(id));
  }

  async forget(id: string): Promise<void> {
    await rm(this.#file(id), { force: true });
  }

  #file(id: string): string {
    return join(this.#folder, `${id}.json`);
  }
}
