/** An S3 server on loopback, a process of its own: it runs whether or not the clouds do, and is started only where it is asked for. */
import { spawn } from "node:child_process";
import { mkdir, open, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { holderOfPort } from "../portHolder";
import type { Slot } from "../slot";
import { UserError } from "../userError";

/** Its one account. It guards nothing, and is asked for as a real one is. */
export const objectsLogin = { accessKey: "slipway", secretKey: "rehearsal-only" } as const;

/** Region it says it is in. */
export const objectsRegion = "us-east-1";

/** Milliseconds it has to begin to answer, and to end. */
const limit = 15_000;

const healthPath = "/_health";

/**
 * Makes sure that it runs, and has the bucket.
 * @param program versitygw, which keeps each bucket as a folder and each object as a file
 * @param bucket made where it is missing
 * @throws UserError if its port is taken or it does not start
 */
export async function startObjects(slot: Slot, program: string, bucket: string): Promise<void> {
  const { folder, port, url } = slot.objects;
  await mkdir(join(folder, "data", bucket), { recursive: true });
  await mkdir(join(folder, "attributes"), { recursive: true });
  if ((await processOf(slot)) !== undefined && (await answers(url))) return;
  const holder = await holderOfPort(port);
  if (holder !== undefined) throw new UserError(`port ${port} on 127.0.0.1 is taken by ${holder}; end that`);
  const log = await open(join(folder, "server.log"), "a");
  const arguments_ = ["--port", `127.0.0.1:${port}`, "--region", objectsRegion, "--health", healthPath, "--quiet"];
  const child = spawn(
    program,
    // Not every file system keeps attributes of files, which is where it would put those of objects.
    [...arguments_, "posix", "--sidecar", join(folder, "attributes"), join(folder, "data")],
    {
      detached: true,
      stdio: ["ignore", log.fd, log.fd],
      cwd: "/",
      env: { ROOT_ACCESS_KEY_ID: objectsLogin.accessKey, ROOT_SECRET_ACCESS_KEY: objectsLogin.secretKey },
    },
  );
  let ended = false;
  const over = () => {
    ended = true;
  };
  child.once("exit", over).once("error", over).unref();
  await log.close();
  if (child.pid !== undefined) await writeFile(pidFile(slot), `${child.pid}\n`);
  for (const end = Date.now() + limit; !(await answers(url)); await sleep(50)) {
    if (!ended && Date.now() < end) continue;
    await stopObjects(slot);
    throw new UserError(`the S3 server did not start: ${join(folder, "server.log")} says why`);
  }
}

/** Ends it if it runs; what it keeps stays. */
export async function stopObjects(slot: Slot): Promise<void> {
  const pid = await processOf(slot);
  if (pid !== undefined) {
    process.kill(pid, "SIGTERM");
    for (const end = Date.now() + limit; (await processOf(slot)) === pid; await sleep(50)) {
      if (Date.now() > end) process.kill(pid, "SIGKILL");
    }
  }
  await rm(pidFile(slot), { force: true });
}

/** Whether it runs and answers. */
export async function objectsRun(slot: Slot): Promise<boolean> {
  return (await processOf(slot)) !== undefined && (await answers(slot.objects.url));
}

function pidFile(slot: Slot): string {
  return join(slot.objects.folder, "server.pid");
}

/** Its process id, once it is certain that this process is it: an id may have gone to another program since. */
async function processOf(slot: Slot): Promise<number | undefined> {
  const pid = Number(await readFile(pidFile(slot), "utf8").catch(() => ""));
  if (!Number.isInteger(pid) || pid <= 1) return undefined;
  const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  return command.includes(join(slot.objects.folder, "data")) ? pid : undefined;
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}${healthPath}`, { signal: AbortSignal.timeout(2000) })).ok;
  } catch {
    return false;
  }
}
