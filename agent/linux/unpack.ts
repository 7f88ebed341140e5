/**
 * Takes files out of a container: what lands is regular files and folders, whatever the image holds. A device would hand out the machine's
 * disk to whoever asks the edge for it, and a pipe would hold the edge for ever, so that either fails the release. Links become what they
 * lead to: the edge never follows one of an app's.
 */
import { link, mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { extract, type Header } from "tar-stream";
import { Failure } from "../failure";

/** What is unpacked. */
export interface UnpackOrder {
  /** A tar archive of one folder, as Docker gives it out. */
  readonly archive: Readable;
  /** Where the folder is in the container, for links that say so. */
  readonly from: string;
  /** Where its content lands; made anew. */
  readonly to: string;
  /** Called before so many bytes are written; if it throws, nothing is left. */
  readonly onBytes?: ((bytes: number) => Promise<void>) | undefined;
}

/** Files and folders that may come about by links to folders: a few of them can make a tree without an end in sight. */
const COPIES = 10_000;
/** Links on the way to one file, as Linux has it. */
const HOPS = 40;

/** Names are bytes in an archive as on a disk; as strings they are held one byte to a character. */
const bytesOf = (name: string) => Buffer.from(name, "latin1");
/** A name for people. */
const shown = (name: string) => JSON.stringify(bytesOf(name).toString("utf8")).slice(1, -1);

/** What kinds of entries that may not cross are called. */
const OTHERS: Readonly<Record<string, string>> = {
  "character-device": "a device",
  "block-device": "a device",
  fifo: "a named pipe",
};

/** Unpacks it. @throws Failure that names the first entry that may not cross */
export async function unpack(order: UnpackOrder): Promise<void> {
  await rm(order.to, { recursive: true, force: true });
  await mkdir(order.to, { recursive: true, mode: 0o755 });
  try {
    await new Unpacking(order).run();
  } catch (thrown) {
    order.archive.destroy();
    await rm(order.to, { recursive: true, force: true });
    throw thrown;
  }
}

class Unpacking {
  readonly #order: UnpackOrder;
  /** Names in each folder, by its path below the root, which is "". */
  readonly #folders = new Map<string, string[]>([["", []]]);
  readonly #files = new Set<string>();
  /** Where links lead, as they say. */
  readonly #links = new Map<string, string>();
  #copies = 0;

  constructor(order: UnpackOrder) {
    this.#order = order;
  }

  async run(): Promise<void> {
    const options: object = { filenameEncoding: "latin1" };
    const entries = extract(options);
    this.#order.archive.once("error", (error) => entries.destroy(error));
    this.#order.archive.pipe(entries);
    for await (const entry of entries) {
      await this.#take(entry.header, entry as AsyncIterable<Buffer>);
      entry.resume();
    }
    for (const [path, target] of this.#links) await this.#land(path, target);
  }

  async #take(header: Header, content: AsyncIterable<Buffer>): Promise<void> {
    const path = below(nameIn(header));
    if (path === "") return;
    const [parent, name] = splitPath(path);
    const siblings = this.#folders.get(parent);
    if (!siblings) throw new Failure(`${shown(path)} stands in the archive before its folder`);
    switch (header.type) {
      case "directory":
        if (this.#folders.has(path)) return;
        await mkdir(this.#at(path), { mode: 0o755 });
        this.#folders.set(path, []);
        break;
      case "file":
      case "contiguous-file":
        await this.#order.onBytes?.(header.size ?? 0);
        await this.#write(path, content);
        this.#files.add(path);
        break;
      case "link": {
        const target = below(targetIn(header));
        // One to a link of the image's is one, too.
        const symbolic = this.#links.get(target);
        if (symbolic !== undefined) this.#links.set(path, symbolic);
        else if (!this.#files.has(target)) throw new Failure(`${shown(path)} is a link to what is not in its folder`);
        else await this.#copy(target, path);
        break;
      }
      case "symlink":
        this.#links.set(path, targetIn(header));
        break;
      default:
        throw new Failure(
          `${shown(path)} is ${OTHERS[header.type ?? ""] ?? "of an unknown kind"}; only files and folders can be served`,
        );
    }
    siblings.push(name);
  }

  async #write(path: string, content: AsyncIterable<Buffer>): Promise<void> {
    const file = await open(this.#at(path), "wx", 0o644);
    try {
      for await (const chunk of content) await file.writeFile(chunk);
    } finally {
      await file.close();
    }
  }

  #at(path: string): Buffer {
    return Buffer.concat([Buffer.from(`${this.#order.to}/`), bytesOf(path)]);
  }

  async #copy(from: string, to: string): Promise<void> {
    await link(this.#at(from), this.#at(to));
    this.#files.add(to);
  }

  /** Has what a link leads to in its place; nothing where that leads nowhere, or in a circle. */
  async #land(path: string, target: string): Promise<void> {
    const real = this.#resolve(splitPath(path)[0], target, path, 0);
    if (real === undefined) return;
    await this.#mirror(real, path, new Set(ancestors(path)));
  }

  async #mirror(real: string, at: string, above: ReadonlySet<string>): Promise<void> {
    if (++this.#copies > COPIES)
      throw new Failure(`its links make more than ${COPIES} files; put the files themselves there`);
    const names = this.#folders.get(real);
    if (!names) return link(this.#at(real), this.#at(at));
    if (above.has(real)) return;
    await mkdir(this.#at(at), { mode: 0o755 });
    const inside = new Set([...above, real]);
    for (const name of names) {
      const child = joined(real, name);
      const target = this.#links.get(child);
      const leads = target === undefined ? child : this.#resolve(real, target, child, 0);
      if (leads !== undefined) await this.#mirror(leads, joined(at, name), inside);
    }
  }

  /**
   * The file or folder of the archive that a path leads to from a folder, `undefined` where that is none. @throws Failure if it leads out
   * @param folder without links in it
   */
  #resolve(folder: string, target: string, path: string, hops: number): string | undefined {
    const out = () =>
      new Failure(`the static file /${shown(path)} is a link out of its folder; put the file itself there`);
    const root = `${Buffer.from(this.#order.from, "utf8").toString("latin1").replace(/\/+$/, "")}/`;
    if (target.startsWith("/") && !`${target}/`.startsWith(root)) throw out();
    let at = target.startsWith("/") ? "" : folder;
    const parts = (target.startsWith("/") ? `${target}/`.slice(root.length) : target).split("/");
    for (const part of parts) {
      if (part === "" || part === ".") continue;
      if (part === "..") {
        if (at === "") throw out();
        at = splitPath(at)[0];
        continue;
      }
      const next = joined(at, part);
      const further = this.#links.get(next);
      if (further !== undefined) {
        if (hops >= HOPS) return undefined;
        const real = this.#resolve(at, further, path, hops + 1);
        if (real === undefined) return undefined;
        at = real;
      } else if (this.#folders.has(next) || this.#files.has(next)) at = next;
      else return undefined;
    }
    return at;
  }
}

/** Extended headers, which tar-stream hands on with what they replace. */
type Extended = { readonly pax?: { readonly path?: string; readonly linkpath?: string } | null };

const nameIn = (header: Header) => rawName(header.name, (header as Extended).pax?.path);
const targetIn = (header: Header) => rawName(header.linkname ?? "", (header as Extended).pax?.linkpath);

/** A name as the archive has it: in an extended header UTF-8 by its standard, else whatever bytes the file system had. */
function rawName(name: string, extended: string | undefined): string {
  return extended === undefined ? name : Buffer.from(extended, "utf8").toString("latin1");
}

/** A name of the archive below its one folder. @throws Failure where it leads elsewhere */
function below(name: string): string {
  const parts = name.split("/").filter((part) => part !== "" && part !== ".");
  if (name.startsWith("/") || parts.includes(".."))
    throw new Failure(`the archive has a name that leads out of it: ${shown(name)}`);
  return parts.slice(1).join("/");
}

function splitPath(path: string): [string, string] {
  const index = path.lastIndexOf("/");
  return index < 0 ? ["", path] : [path.slice(0, index), path.slice(index + 1)];
}

const joined = (folder: string, name: string) => (folder === "" ? name : join(folder, name));

/** All folders that a path is in, the root too. */
function ancestors(path: string): string[] {
  const [parent] = splitPath(path);
  return parent === "" ? [""] : [parent, ...ancestors(parent)];
}
