/** Whether a machine has room for one more preview, before anything of it is made. */
import type { Client } from "ssh2";
import type { Settings } from "../../stacks/settings";
import { limitOf } from "../../stacks/settings/resources";
import { UserError } from "../lib/userError";
import { capture } from "../ssh/remote";

/** What is left of a machine, in bytes. */
export interface Room {
  /** What processes could still take without anything being thrown out (`MemAvailable`, proc_meminfo(5)). */
  readonly memory: number;
  /** Of the disk that images and databases are on. */
  readonly disk: number;
  readonly diskSize: number;
}

const MB = 1024 ** 2;

/** What stays free: of memory for the machine itself, of the disk so that databases don't stop. The disk's is the release engine's own. */
const RESERVE = { memory: 64 * MB, part: 0.05, disk: 1e9 } as const;
/** Bytes of disk that a preview is taken to want: an image of 300 MB as the release engine guesses, twice, as it wants it. */
const DISK = 600e6;

/** Asks a machine. */
export async function askRoom(client: Client): Promise<Room> {
  const line = "cat /proc/meminfo; df -B1 --output=avail,size /var/lib/docker | tail -n 1";
  const { code, stdout, stderr } = await capture(client, ["sudo", "sh", "-c", line]);
  if (code !== 0) throw new UserError(`the machine didn't say what room it has: ${stderr.trim()}`);
  return readRoom(stdout);
}

/** @param text of /proc/meminfo, and a line of free and whole bytes of the disk */
export function readRoom(text: string): Room {
  const memory = Number(/^MemAvailable:\s+(\d+) kB$/m.exec(text)?.[1]) * 1024;
  const [disk, diskSize] = (text.trim().split("\n").at(-1) ?? "").trim().split(/\s+/).map(Number);
  return { memory, disk: disk ?? Number.NaN, diskSize: diskSize ?? Number.NaN };
}

/** MB that the processes of a stack may take together; what runs at its times only, or has no limit, is left out. */
export function memoryWanted({ apps }: Pick<Settings, "apps">): number {
  return apps
    .flatMap(({ compose, resources, replicas }) =>
      compose.services
        .filter(({ schedule }) => schedule === undefined)
        .map(({ name }) => (limitOf(resources, name).memory ?? 0) * (replicas[name] ?? 1)),
    )
    .reduce((sum, each) => sum + each, 0);
}

/** @throws UserError in one line if there is no room for it. @param wanted MB of memory */
export function refuseFull(stack: string, wanted: number, { memory, disk, diskSize }: Room): void {
  const free = Math.max(0, memory - RESERVE.memory);
  const mend =
    "take a preview down (scripts/preview-env reap lists those that may go), or give the machine another size";
  if (free < wanted * MB)
    throw new UserError(
      `the machine of ${stack} is full: a preview may take ${wanted} MB of memory, and ${Math.floor(free / MB)} MB are free; ` +
        `nothing was made. ${mend}, or lower slipway:previews.memory`,
    );
  const room = disk - Math.min(diskSize * RESERVE.part, RESERVE.disk);
  if (room < DISK)
    throw new UserError(
      `the disk of ${stack}'s machine is full: a preview is taken to want ${DISK / 1e6} MB, and ${Math.max(0, Math.floor(room / 1e6))} MB are free; ` +
        `nothing was made. ${mend}`,
    );
}
