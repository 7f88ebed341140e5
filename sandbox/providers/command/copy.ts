/** Copies a file, a folder or a text to a host over SFTP. */
import { readdir, stat } from "node:fs/promises";
import { basename, join, posix } from "node:path";
import { promisify } from "node:util";
import type { Client, SFTPWrapper } from "ssh2";
import type { Call, Failure } from "../resource";
import { asAsset, type Properties } from "../wire";
import { type Connection, connected } from "./connection";

/** What is wrong with the source of a `remote.CopyToRemote`. */
export function sourceMistakes({ source }: Properties): Failure[] {
  const asset = asAsset(source);
  if (asset?.kind === "asset" && (asset.path !== undefined || asset.text !== undefined || asset.uri === undefined))
    return [];
  if (asset?.kind === "archive" && asset.path !== undefined) return [];
  return [
    { property: "source", reason: "source must be a FileAsset, a StringAsset, or a FileArchive with a local path" },
  ];
}

/** Copies what a `remote.CopyToRemote` names. */
export async function copyToRemote(settings: Properties, call: Call): Promise<void> {
  const asset = asAsset(settings.source);
  const to = String(settings.remotePath);
  await connected(settings.connection as unknown as Connection, call, async (client) => {
    const abort = () => client.destroy();
    call.signal.addEventListener("abort", abort, { once: true });
    try {
      const sftp = new Sftp(await promisify(client.sftp.bind(client) as SftpOpener)());
      if (asset?.path !== undefined) await copyPath(sftp, asset.path, to);
      else await copyText(sftp, asset?.text ?? "", to);
    } finally {
      call.signal.removeEventListener("abort", abort);
    }
  });
}

type SftpOpener = (done: (error: Error | undefined, sftp: SFTPWrapper) => void) => ReturnType<Client["sftp"]>;

/** The few operations that are needed, with the path in each error. */
class Sftp {
  readonly #sftp: SFTPWrapper;
  constructor(sftp: SFTPWrapper) {
    this.#sftp = sftp;
  }

  #run<T>(what: string, act: (done: (error?: Error | null, value?: T) => void) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      act((error, value) => (error ? reject(new Error(`failed to ${what}: ${error.message}`)) : resolve(value as T)));
    });
  }

  /** What is at `path` on the host. */
  kind(path: string): Promise<"folder" | "file" | "nothing"> {
    return new Promise((resolve, reject) => {
      this.#sftp.stat(path, (error, stats) => {
        if (!error) resolve(stats.isDirectory() ? "folder" : "file");
        else if ((error as { code?: unknown }).code === 2) resolve("nothing");
        else reject(new Error(`failed to look at the remote path ${path}: ${error.message}`));
      });
    });
  }

  /** Makes a folder, and those it lies in. */
  async makeFolder(path: string): Promise<void> {
    const kind = await this.kind(path);
    if (kind === "folder") return;
    if (kind === "file") throw new Error(`remote path ${path} exists but is not a directory`);
    await this.makeFolder(posix.dirname(path));
    await this.#run<void>(`create remote directory ${path}`, (done) => this.#sftp.mkdir(path, done));
  }

  putFile(from: string, to: string): Promise<void> {
    return this.#run(`copy file ${from} to remote path ${to}`, (done) => this.#sftp.fastPut(from, to, done));
  }

  putText(text: string, to: string): Promise<void> {
    return this.#run(`write text to remote path ${to}`, (done) => this.#sftp.writeFile(to, text, done));
  }
}

async function copyText(sftp: Sftp, text: string, to: string): Promise<void> {
  if ((await sftp.kind(to)) === "folder") {
    throw new Error(`remote path ${to} is a directory; when using a text asset, remotePath must be a file path`);
  }
  await sftp.makeFolder(posix.dirname(to));
  await sftp.putText(text, to);
}

/** A folder whose path ends with a slash is copied without itself, as `cp` and `rsync` do. */
async function copyPath(sftp: Sftp, from: string, to: string): Promise<void> {
  if ((await stat(from)).isDirectory()) {
    return copyFolder(sftp, from, from.endsWith("/") ? to : posix.join(to, basename(from)));
  }
  const into = (await sftp.kind(to)) === "folder" ? posix.join(to, basename(from)) : to;
  await sftp.makeFolder(posix.dirname(into));
  await sftp.putFile(from, into);
}

async function copyFolder(sftp: Sftp, from: string, to: string): Promise<void> {
  await sftp.makeFolder(to);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), posix.join(to, entry.name)];
    if (entry.isDirectory()) await copyFolder(sftp, source, target);
    else await sftp.putFile(source, target);
  }
}
