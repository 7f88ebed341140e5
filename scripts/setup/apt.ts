import { existsSync } from "node:fs";
import { execa } from "execa";
import { Progress } from "../lib/progress";
import { UserError } from "../lib/userError";

/** Whether this machine and user can install Debian's packages. */
export function canInstall(): boolean {
  return process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");
}

/** Installs Debian packages. @param label what they are for, for the progress line */
export async function aptInstall(label: string, packages: readonly string[]): Promise<void> {
  const progress = new Progress(`${label}: installing ${packages.join(" ")}`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const lock = ["-o", "DPkg::Lock::Timeout=300"];
  await execa("apt-get", ["update", "-qq", ...lock], { env, reject: false });
  const result = await execa("apt-get", ["install", "-y", "-qq", ...lock, ...packages], {
    env,
    reject: false,
    all: true,
  });
  progress.done(result.exitCode === 0 ? "installed" : "failed");
  if (result.exitCode !== 0)
    throw new UserError(`apt-get install ${packages.join(" ")} failed: ${result.all.split("\n").slice(-3).join(" ")}`);
}
