/**
 * Volumes whose files are served, as mount units of systemd, so that they are there before the edge is at each start of the machine, and the
 * server that reads them for the edge (see `edge/media.ts`), which runs as the edge's user. Docker's own folders are closed to others; a mount
 * opens one volume and nothing beside it: read-only, no link in it is followed (the kernel
 * refuses, so none leads out of it), no device, nothing to run. What belongs to the volume's owner belongs to the edge there, so that files an
 * app has kept to itself can be served as well.
 */
import { rmdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { mediaUnit } from "../edge/media";
import { Failure } from "../failure";
import type { Shares } from "../host";
import { MEDIA, mediaFolder } from "../paths";
import { linuxDocker } from "./docker";
import { linuxFiles } from "./files";
import { run } from "./process";

const UNITS = "/etc/systemd/system";
/** What systemd starts at boot. */
const ENABLED = `${UNITS}/multi-user.target.wants`;

/** User and group of an owner. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** A volume to be opened. */
export interface Share {
  /** Where its files are. */
  readonly source: string;
  /** Where the edge reads them. */
  readonly folder: string;
  readonly owner: Owner;
  /** Who reads them: the user that the edge runs as. */
  readonly reader: Owner;
}

/** See `Shares`. */
export const linuxShares: Shares = {
  async set(app, volumes) {
    const start = unitName(`${MEDIA}/${app}/`);
    const there = (await linuxFiles.list(UNITS)).filter((file) => file.startsWith(start) && file.endsWith(".mount"));
    const names = Object.keys(volumes).sort();
    if (there.length === 0 && names.length === 0 && !(await isEnabled(app))) return false;

    const reader = await readerOfEdge();
    const shares = await Promise.all(names.map((name) => shareOf(app, name, volumes[name] ?? "", reader)));
    const units = shares.map((share) => ({ name: `${unitName(share.folder)}.mount`, text: unitOf(app, share), share }));
    const gone = there.filter((file) => !units.some(({ name }) => name === file));
    const differing = await filtered(
      units,
      async ({ name, text }) => (await linuxFiles.read(`${UNITS}/${name}`)) !== text,
    );
    const idle = await filtered(units, async ({ share }) => !(await isOpen(share)));
    const due = units.filter((unit) => differing.includes(unit) || idle.includes(unit));
    const serverDue = names.length > 0 ? !(await isServed(app)) : await isEnabled(app);
    if (gone.length === 0 && due.length === 0 && !serverDue) return false;

    for (const name of gone) await removeUnit(name);
    for (const { name, text } of differing) {
      await linuxFiles.write(`${UNITS}/${name}`, text, 0o644);
      await linuxFiles.link(`${ENABLED}/${name}`, `${UNITS}/${name}`);
    }
    await systemctl("daemon-reload");
    for (const { name } of due) await systemctl("restart", name);
    if (serverDue && names.length > 0) await freeEdge();
    // It sees what is mounted while it runs.
    if (serverDue) await systemctl(names.length > 0 ? "enable" : "disable", "--quiet", "--now", mediaUnit(app));
    return true;
  },
};

/** Text of the unit that opens a volume. */
export function unitOf(app: string, { source, folder, owner, reader }: Share): string {
  const mapped = [`u:${owner.uid}:${reader.uid}:1`, `g:${owner.gid}:${reader.gid}:1`].join(" ");
  return `${[
    "# Written by slipway from the live release.",
    "[Unit]",
    `Description=slipway: uploads of ${app}, for the edge to read`,
    "Before=caddy.service",
    "",
    "[Mount]",
    `What=${source}`,
    `Where=${folder}`,
    "Type=none",
    `Options=bind,ro,nosuid,nodev,noexec,nosymfollow,X-mount.idmap=${mapped}`,
    // The edge may be sending a file of it.
    "LazyUnmount=yes",
    "",
    "[Install]",
    "WantedBy=multi-user.target",
  ].join("\n")}\n`;
}

/** Name of a path among systemd's units, without ending, as `systemd-escape --path` makes it; a final slash stays as a hyphen. */
export function unitName(path: string): string {
  const escaped = (character: string) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  return path
    .slice(1)
    .split("/")
    .map((part) => part.replace(/[^A-Za-z0-9:_.]|^\./g, escaped))
    .join("-");
}

async function shareOf(app: string, name: string, volume: string, reader: Owner): Promise<Share> {
  const source = await linuxDocker.volumePath(volume);
  const { uid, gid } = await stat(source);
  return { source, folder: mediaFolder(app, name), owner: { uid, gid }, reader };
}

async function readerOfEdge(): Promise<Owner> {
  const line = /^caddy:[^:]*:(\d+):(\d+):/m.exec((await linuxFiles.read("/etc/passwd")) ?? "");
  if (!line) throw new Failure("there is no user caddy on this host; install Debian's package caddy");
  return { uid: Number(line[1]), gid: Number(line[2]) };
}

/**
 * Lifts, of the edge that runs, the limit that counts all processes of its user, the servers of uploads among them; its unit says so too, but
 * a unit's limits are those of its next start.
 */
async function freeEdge(): Promise<void> {
  const { output } = await run(["systemctl", "show", "--property=MainPID", "--value", "caddy.service"]);
  const pid = Number(output.trim());
  if (pid > 0) await run(["prlimit", `--pid=${pid}`, "--nproc=unlimited:unlimited"]);
}

/** Whether the app's own server is started at boot. */
async function isEnabled(app: string): Promise<boolean> {
  return (await linuxFiles.list(ENABLED)).includes(mediaUnit(app));
}

async function isServed(app: string): Promise<boolean> {
  return (await isEnabled(app)) && (await run(["systemctl", "is-active", "--quiet", mediaUnit(app)])).code === 0;
}

/** Whether what the edge finds is the volume as it is now, not one of that name that has been removed since. */
async function isOpen({ source, folder }: Share): Promise<boolean> {
  const [there, here] = await Promise.all([stat(source), stat(folder).catch(() => undefined)]);
  return here?.ino === there.ino && here.dev === there.dev;
}

async function filtered<T>(all: readonly T[], test: (one: T) => Promise<boolean>): Promise<readonly T[]> {
  const kept = await Promise.all(all.map(test));
  return all.filter((_, index) => kept[index]);
}

/** The file last: by it the rest is found again if this is cut short. */
async function removeUnit(name: string): Promise<void> {
  const where = /^Where=(.*)$/m.exec((await linuxFiles.read(`${UNITS}/${name}`)) ?? "")?.[1];
  await run(["systemctl", "stop", name]);
  await linuxFiles.remove(`${ENABLED}/${name}`);
  // Never with what is in it: were it still mounted, that would be the app's data.
  if (where !== undefined) for (const folder of [where, dirname(where)]) await rmdir(folder).catch(() => {});
  await linuxFiles.remove(`${UNITS}/${name}`);
}

async function systemctl(...words: readonly string[]): Promise<void> {
  const { code, output } = await run(["systemctl", ...words]);
  if (code === 0) return;
  const [name = ""] = words.slice(-1);
  const log =
    words[0] === "restart" ? (await run(["journalctl", "-q", "-n", "5", "-o", "cat", "-u", name])).output : "";
  throw new Failure(`systemctl ${words.join(" ")}: ${[output.trim(), log.trim()].filter(Boolean).join("\n")}`);
}
