import { readdir, readFile, readlink } from "node:fs/promises";

/**
 * Who listens on a TCP port of this computer.
 * @returns e.g. `process 812 (node server.js)`, `another program` if it is not ours to see, `undefined` if it is free
 */
export async function holderOfPort(port: number): Promise<string | undefined> {
  const tables = await Promise.all(
    ["/proc/net/tcp", "/proc/net/tcp6"].map((path) => readFile(path, "utf8").catch(() => "")),
  );
  const inodes = tables.flatMap((table) => listenersOn(table, port));
  if (inodes.length === 0) return undefined;
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const handles = await readdir(`/proc/${pid}/fd`).catch(() => []);
    for (const handle of handles) {
      const target = await readlink(`/proc/${pid}/fd/${handle}`).catch(() => "");
      if (!inodes.some((inode) => target === `socket:[${inode}]`)) continue;
      const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
      return `process ${pid} (${command.replaceAll("\0", " ").trim().slice(0, 80)})`;
    }
  }
  return "another program";
}

/** Inodes of the sockets that listen on `port` and would collide with 127.0.0.1, in a table as `/proc/net/tcp` gives it (proc(5)). */
export function listenersOn(table: string, port: number): readonly string[] {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  return table
    .split("\n")
    .slice(1)
    .flatMap((line) => {
      const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/);
      const [address = "", at] = local.split(":");
      const collides = address === "0100007F" || /^0+$/.test(address);
      return at === hex && state === "0A" && collides ? [inode] : [];
    });
}
