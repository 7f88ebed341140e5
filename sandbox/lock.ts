import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { UserError } from "./userError";

/**
 * Does `work` while holding a lock that the kernel keeps on `file`: it is gone when this process dies, however it
 * dies. Waits for another holder and says so once.
 */
export async function withLock<T>(file: string, say: (line: string) => void, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  // The child holds the lock until its standard input ends, which it does when we let go or die.
  const holder = spawn("flock", ["--exclusive", file, "sh", "-c", "echo held; exec cat >/dev/null"], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  const waiting = setTimeout(() => say(`waiting for another run that holds ${file}`), 1000);
  try {
    await new Promise<void>((resolve, reject) => {
      holder.once("error", () =>
        reject(new UserError("the command flock is missing; on Debian: apt-get install util-linux")),
      );
      holder.once("exit", () => reject(new Error(`flock gave up on ${file}`)));
      holder.stdout.once("data", () => resolve());
    });
    clearTimeout(waiting);
    return await work();
  } finally {
    clearTimeout(waiting);
    holder.stdin.end();
  }
}
