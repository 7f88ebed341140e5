import { statfs } from "node:fs/promises";
import { stripVTControlCharacters } from "node:util";
import Docker from "dockerode";
import { tarOf } from "./machines/seed";
import { reasonOf, UserError } from "./userError";

/** A Docker engine, and what the sandbox must know of it. */
export interface Engine {
  readonly docker: Docker;
  /** Version of the control group tree that containers see. */
  readonly cgroups: 1 | 2;
  /** Processors that containers may use. */
  readonly cpus: number;
  /** Folder of the engine's images and volumes. */
  readonly root: string;
}

/**
 * The engine that `DOCKER_HOST` names, or the local one.
 * @throws UserError if none answers
 */
export async function connectEngine(): Promise<Engine> {
  const docker = new Docker();
  try {
    const info = (await docker.info()) as { CgroupVersion?: string; NCPU: number; DockerRootDir: string };
    return { docker, cgroups: info.CgroupVersion === "2" ? 2 : 1, cpus: info.NCPU, root: info.DockerRootDir };
  } catch (error) {
    const where = process.env.DOCKER_HOST ?? "/var/run/docker.sock";
    const mend =
      (error as NodeJS.ErrnoException).code === "EACCES"
        ? "add yourself to its group: sudo usermod -aG docker $USER, then log in anew"
        : "start it: sudo systemctl start docker";
    throw new UserError(`no Docker engine answers at ${where} (${reasonOf(error)}); ${mend}`);
  }
}

/** Free space below which a start is refused, in bytes: all images and two deployed machines take about 4 GB. */
const leastFree = 5e9;

/** @throws UserError if the engine's disk is nearly full */
export async function checkDisk(engine: Engine): Promise<void> {
  const disk = await statfs(engine.root).catch(() => undefined);
  if (disk === undefined) return;
  const free = disk.bavail * disk.bsize;
  if (free >= leastFree) return;
  const gigabytes = (free / 1e9).toFixed(1);
  throw new UserError(
    `${engine.root} has ${gigabytes} GB free; at least ${leastFree / 1e9} GB are needed: docker system df shows what takes the space`,
  );
}

/** What `work` resolves to, or `undefined` if the engine knows no such thing. */
export async function ifThere<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

/** HTTP status of an engine's refusal; 0 for anything else. */
export function statusOf(error: unknown): number {
  return (error as { statusCode?: number }).statusCode ?? 0;
}

/** A container that lives for one command. */
export interface Errand {
  readonly image: string;
  readonly command: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly host?: Docker.HostConfig;
  /** Files it finds on its disk, by absolute path without the leading slash. */
  readonly files?: Readonly<Record<string, string>>;
}

/**
 * Runs a command in a container of its own, which is gone afterwards.
 * @returns its standard output
 * @throws Error with its last lines if its exit code is not 0
 */
export async function runErrand(engine: Engine, errand: Errand): Promise<string> {
  const container = await engine.docker.createContainer({
    Image: errand.image,
    Cmd: [...errand.command],
    Entrypoint: [],
    User: "root",
    Labels: { ...errand.labels },
    Tty: false,
    HostConfig: { ...errand.host },
  });
  try {
    if (errand.files !== undefined) await container.putArchive(await tarOf(errand.files), { path: "/" });
    await container.start();
    // "next-exit" asked for beside the start would wait for ever on a command that ends before the engine hears of it.
    const { StatusCode: code } = (await container.wait({ condition: "not-running" })) as { StatusCode: number };
    const logs = async (which: { stdout?: boolean; stderr?: boolean }) =>
      plainLogs((await container.logs({ follow: false, stdout: false, stderr: false, ...which })) as Buffer);
    if (code !== 0) {
      const lines = (await logs({ stdout: true, stderr: true })).trim().split("\n").slice(-3).join(" | ");
      throw new Error(`${errand.command[0]} ended with ${code}: ${lines}`);
    }
    return await logs({ stdout: true });
  } finally {
    await ifThere(container.remove({ force: true, v: true }));
  }
}

/** Text of a log as the engine frames it: 8 bytes of head (stream, length) before each piece. */
export function plainLogs(framed: Buffer): string {
  const pieces: Buffer[] = [];
  for (let at = 0; at + 8 <= framed.length; ) {
    const length = framed.readUInt32BE(at + 4);
    pieces.push(framed.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return Buffer.concat(pieces).toString("utf8");
}

/**
 * Waits for the end of a build or an import.
 * @throws Error with the engine's reason and the last lines it printed
 */
export async function finished(engine: Engine, progress: NodeJS.ReadableStream): Promise<void> {
  const lines: string[] = [];
  let refusal: string | undefined;
  await new Promise<void>((resolve, reject) => {
    engine.docker.modem.followProgress(
      progress,
      (error: Error | null) => (error ? reject(error) : resolve()),
      (event: { stream?: string; error?: string }) => {
        refusal ??= event.error;
        lines.push(...(event.stream ?? "").split("\n").map(plainLine).filter(worthTelling));
        lines.splice(0, lines.length - 5);
      },
    );
  });
  if (refusal === undefined) return;
  // The engine repeats the whole step here; its own words above say more.
  const short = refusal.replace(/^The command '.*' returned a non-zero code: /s, "exit code ");
  throw new Error([...lines, plainLine(short)].join(" | "));
}

function plainLine(text: string): string {
  return stripVTControlCharacters(text).trim();
}

function worthTelling(line: string): boolean {
  return line !== "" && !/^(Step \d+\/|--->|Removing intermediate container)/.test(line);
}
