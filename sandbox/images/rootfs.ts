import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import type { Engine } from "../engine";
import { finished } from "../engine";
import { UserError } from "../userError";

const release = "trixie";

/** What an image has no use for: package files and lists, documents, translations, device nodes (the engine makes them). */
const left = [
  "./dev/*",
  "./proc/*",
  "./sys/*",
  "./var/cache/apt/archives/*.deb",
  "./var/cache/apt/*.bin",
  "./var/lib/apt/lists/*",
  "./var/log/*.log",
  "./usr/share/doc/*",
  "./usr/share/man/*/*",
  "./usr/share/locale/*/LC_MESSAGES/*",
];

/** Name of the image of the bare root file system. */
export function rootfsImage(): string {
  const hash = createHash("sha256")
    .update(JSON.stringify([release, left]))
    .digest("hex")
    .slice(0, 12);
  return `slipway-sandbox/rootfs:${hash}`;
}

/**
 * Makes the bare root file system with debootstrap, from its default mirror, and hands it to the engine.
 * @param folder where it works; downloaded packages are kept there until it is done, so an interrupted run goes on
 * @throws UserError if debootstrap is missing or this is not root
 */
export async function makeRootfs(engine: Engine, folder: string): Promise<void> {
  if (process.getuid?.() !== 0) {
    throw new UserError(
      "the base image is made with debootstrap, which needs root: run this once with sudo -E (later starts need none)",
    );
  }
  const target = join(folder, "root");
  const debs = join(folder, "packages");
  // Only ever this file system: an interrupted run may have left the kernel's own mounted inside.
  await execa("rm", ["-rf", "--one-file-system", target]);
  await mkdir(debs, { recursive: true });
  // Namespaces of its own: its mounts and its processes are gone when this one is, however it ends.
  const alone = [
    "setpriv",
    "--pdeathsig",
    "KILL",
    "unshare",
    "--mount",
    "--pid",
    "--fork",
    "--kill-child",
    "--mount-proc",
  ];
  const make = ["debootstrap", "--variant=minbase", `--cache-dir=${debs}`, release, target];
  const made = await execa("env", [...alone, ...make], { reject: false, all: true, env: { LANG: "C.UTF-8" } });
  if (made.exitCode !== 0) {
    if (/debootstrap.*No such file/.test(made.all)) {
      throw new UserError("debootstrap is missing; on Debian or Ubuntu: apt-get install debootstrap");
    }
    throw new UserError(
      `debootstrap failed: ${made.all.trim().split("\n").slice(-2).join(" | ")}; ${target}/debootstrap/debootstrap.log says more`,
    );
  }
  const tar = execa("tar", ["--numeric-owner", "-C", target, ...left.map((path) => `--exclude=${path}`), "-c", "."], {
    buffer: false,
  });
  const [repo, tag] = rootfsImage().split(":");
  await finished(engine, await engine.docker.importImage(tar.stdout, { repo, tag }));
  await tar;
  await execa("rm", ["-rf", "--one-file-system", folder]);
}
