import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Engine, runErrand, statusOf } from "../engine";
import type { Slot } from "../slot";
import type { Disk } from "./machines";

/** Folder of a slot's disks, a sparse file for each. */
export function disksFolder(slot: Slot): string {
  return join(slot.folder, "disks");
}

/** A disk as the kernel has it: `/dev/loopN`. */
export interface LoopDisk extends Disk {
  /** Minor number of the device. */
  readonly minor: number;
}

/**
 * Disks that are sparse files behind loop devices of this computer's kernel. A loop device is known by the file behind it,
 * never by its number, so that nobody else's is touched. Everything is done in errands, since only root may.
 */
export class LoopDisks {
  readonly #engine: Engine;
  readonly #slot: Slot;
  readonly #image: string;

  /** @param image any image that has Debian's `mount` and `e2fsprogs` */
  constructor(engine: Engine, slot: Slot, image: string) {
    this.#engine = engine;
    this.#slot = slot;
    this.#image = image;
  }

  /** Makes the files that are missing, enlarges those that are too small, and has a device for each. */
  async attach(disks: readonly Disk[]): Promise<readonly LoopDisk[]> {
    if (disks.length === 0) return [];
    await mkdir(disksFolder(this.#slot), { recursive: true });
    const said = await this.#run(attachScript(disks));
    const minors = said.trim().split("\n").map(Number);
    return disks.map((disk, index) => ({ ...disk, minor: minors[index] ?? Number.NaN }));
  }

  /** Takes the devices away. One that is still mounted goes as soon as it is not. */
  async detach(ids: readonly string[]): Promise<void> {
    const kept = await this.list();
    const files = ids.filter((id) => kept.includes(id));
    if (files.length > 0) await this.#run(detachScript(files));
  }

  /** Ids of all disks that have a file. */
  async list(): Promise<readonly string[]> {
    const names = await readdir(disksFolder(this.#slot)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw error;
    });
    return names.flatMap((name) => /^(.+)\.img$/.exec(name)?.[1] ?? []).sort();
  }

  /** Deletes a disk with everything on it. */
  async remove(id: string): Promise<void> {
    await this.detach([id]);
    for (const name of [`${id}.img`, `${id}.img.new`]) await rm(join(disksFolder(this.#slot), name), { force: true });
  }

  async #run(script: string): Promise<string> {
    try {
      return await runErrand(this.#engine, {
        image: this.#image,
        command: ["sh", "-ec", script],
        labels: this.#slot.label,
        host: {
          NetworkMode: "none",
          CapAdd: ["SYS_ADMIN"],
          SecurityOpt: ["seccomp=unconfined", "apparmor=unconfined"],
          Devices: [
            { PathOnHost: "/dev/loop-control", PathInContainer: "/dev/loop-control", CgroupPermissions: "rwm" },
          ],
          DeviceCgroupRules: [loopRule],
          Binds: [`${disksFolder(this.#slot)}:/disks`],
        },
      });
    } catch (error) {
      if (statusOf(error) !== 0 && /loop-control/.test((error as Error).message)) {
        throw new Error("block volumes need loop devices, which this computer's kernel does not give: modprobe loop");
      }
      throw error;
    }
  }
}

/** What lets a container use loop devices, once it has their nodes. */
export const loopRule = "b 7:* rwm";

/** Has every loop device's node in a container's own /dev, where the engine puts none. */
const nodes = `node() { [ -e "/dev/$1" ] || mknod "/dev/$1" b 7 "\${1#loop}"; }
for block in /sys/block/loop*; do node "\${block#/sys/block/}"; done`;

/** A line for each disk: the number of its device. */
export function attachScript(disks: readonly Disk[]): string {
  return `${nodes}
file() {
  if [ ! -e "$1" ]; then
    truncate -s "$2G" "$1.new"
    if [ "$3" = ext4 ]; then mkfs.ext4 -q -F -L "$4" "$1.new" >&2; fi
    mv "$1.new" "$1"
  fi
  truncate -s ">$2G" "$1"
}
device() {
  for attempt in $(seq 50); do
    found=$(losetup --noheadings --output NAME --associated "$1" | head -n 1)
    if [ -z "$found" ]; then
      free=$(losetup --find)
      node "\${free#/dev/}"
      # Another sandbox may have been quicker.
      losetup "$free" "$1" 2>/dev/null || true
    elif [ "$(losetup --noheadings --output AUTOCLEAR "$found" | tr -d ' ')" = 0 ]; then
      losetup --set-capacity "$found"
      echo "\${found#/dev/loop}"
      return
    fi
    sleep 0.2
  done
  echo "the machine that had $1 before does not let go of it" >&2
  exit 1
}
${disks
  .map(({ id, size, fileSystem, label }) => {
    const path = `'/disks/${id}.img'`;
    return `file ${path} ${size} '${fileSystem ?? ""}' ${quoted(label ?? "")}\ndevice ${path}`;
  })
  .join("\n")}
`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function detachScript(ids: readonly string[]): string {
  return `${nodes}
for id in ${ids.map((id) => `'${id}'`).join(" ")}; do
  losetup --noheadings --output NAME --associated "/disks/$id.img" | while read -r found; do losetup --detach "$found"; done
done
`;
}

/** Run in a machine: puts disks where udev would. A disk that had another name loses that. */
export function placeScript(disks: readonly LoopDisk[], oldLinks: readonly string[]): string {
  const links = disks.map(({ link }) => link);
  return [
    "mkdir -p /dev/disk/by-id",
    ...oldLinks.filter((link) => !links.includes(link)).map((link) => `rm -f '/dev/disk/by-id/${link}'`),
    ...disks.flatMap(({ link, minor }) => [
      `[ -b /dev/loop${minor} ] || mknod -m 0660 /dev/loop${minor} b 7 ${minor}`,
      `ln -sfn ../../loop${minor} '/dev/disk/by-id/${link}'`,
      `head -c 1 /dev/loop${minor} >/dev/null || { echo 'this machine is older than block volumes here: make it anew' >&2; exit 1; }`,
    ]),
    "",
  ].join("\n");
}

/**
 * Run in a machine: pulls disks out. What was not written yet is lost, as when a cloud detaches a disk that is mounted; the file
 * system takes nothing more.
 */
export function pullScript(links: readonly string[]): string {
  return `for link in ${links.map((link) => `'${link}'`).join(" ")}; do
  [ -L "/dev/disk/by-id/$link" ] || continue
  node=$(readlink -f "/dev/disk/by-id/$link")
  awk -v device="7:\${node#/dev/loop}" '$3 == device { print $5 }' /proc/self/mountinfo | tac | while read -r point; do
    python3 -c '
import fcntl, os, struct, sys
EXT4_IOC_SHUTDOWN, WITHOUT_FLUSHING = 0x8004587D, 2
fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), EXT4_IOC_SHUTDOWN, struct.pack("I", WITHOUT_FLUSHING))
' "$point" || true
    umount -l "$point"
  done
  rm -f "/dev/disk/by-id/$link" "$node"
done
`;
}
