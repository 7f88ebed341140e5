/** What a release prints, kept on the host for those whose connection was lost. */
import type { Files } from "./host";
import { appPaths } from "./paths";

/** Logs that stay, the newest. */
const KEPT = 50;

/** Takes lines as they come; writes them as fast as the disk takes them, without anyone waiting. */
export interface RunLog {
  add(line: string): void;
  /** Resolves when all is written, or can't be. */
  end(): Promise<void>;
}

/** Path of the log of a release. */
export const logPath = (app: string, release: number) => `${appPaths(app).logs}/${release}.log`;

/** Begins the log of a release, after the lines it has printed so far. */
export function runLog(files: Files, app: string, release: number, soFar: readonly string[]): RunLog {
  let waiting = [...soFar];
  let writing: Promise<void> | undefined;
  const write = async () => {
    while (waiting.length > 0) {
      const text = `${waiting.join("\n")}\n`;
      waiting = [];
      // A log that can't be written is no reason to fail a release.
      await files.append(logPath(app, release), text).catch(() => {});
    }
    writing = undefined;
  };
  const kick = () => {
    writing ??= write();
  };
  if (waiting.length > 0) kick();
  return {
    add(line) {
      waiting.push(line);
      kick();
    },
    async end() {
      await writing;
    },
  };
}

/** Removes the logs of the oldest releases. */
export async function pruneLogs(files: Files, app: string): Promise<void> {
  const numbers = (await files.list(appPaths(app).logs)).map((name) => Number.parseInt(name, 10)).sort((a, b) => b - a);
  await Promise.all(numbers.slice(KEPT).map((release) => files.remove(logPath(app, release))));
}
