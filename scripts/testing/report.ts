/** What a run of the tests came to, file by file. */
import { readFileSync } from "node:fs";
import { z } from "zod";

/** Numbers of a file's tests. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

/** @see the file's head */
export interface TestReport {
  readonly files: Readonly<Record<string, Counts>>;
  /** Whether the run itself ended badly, which need not be a test's fault. */
  readonly broken: boolean;
}

const Report = z.object({
  testResults: z.array(
    z.object({ name: z.string(), status: z.string(), assertionResults: z.array(z.object({ status: z.string() })) }),
  ),
});

/** Files that may be run a second time; with more of them red, it isn't the machine. */
const AGAIN = 2;

/**
 * Reads vitest's JSON report. A file that could not be loaded counts as a failed test.
 * @param ok whether the run ended with 0
 * @param nameOf a file's name from its path
 */
export function readReport(path: string, ok: boolean, nameOf: (path: string) => string): TestReport {
  const files: Record<string, Counts> = {};
  try {
    for (const { name, status, assertionResults } of Report.parse(JSON.parse(readFileSync(path, "utf8"))).testResults) {
      const count = (wanted: string) => assertionResults.filter((one) => one.status === wanted).length;
      const failed = count("failed");
      files[nameOf(name)] = { passed: count("passed"), failed: status === "failed" ? Math.max(1, failed) : failed };
    }
  } catch {
    return { files: {}, broken: true };
  }
  return { files, broken: !ok && Object.values(files).every(({ failed }) => failed === 0) };
}

/** The tests of a run; one that ended badly without a failing test has a failed one all the same. */
export function totalOf({ files, broken }: TestReport): Counts {
  const counts = Object.values(files);
  const sum = (key: keyof Counts) => counts.reduce((total, one) => total + one[key], 0);
  return { passed: sum("passed"), failed: sum("failed") + (broken ? 1 : 0) };
}

/**
 * The files that failed, if they are so few that a second run of them says something: on real hosts a machine that is busy with
 * something else can be at fault, and only then does a file pass by itself. Which ones needed it is printed.
 */
export function filesToRunAgain({ files, broken }: TestReport): readonly string[] {
  const failed = Object.keys(files).filter((file) => (files[file]?.failed ?? 0) > 0);
  return broken || failed.length > AGAIN ? [] : failed;
}

/** What two runs came to: for a file that was run again, the second. One that is missing there stays as it was. */
export function withSecondRun(first: TestReport, second: TestReport): TestReport {
  return { files: { ...first.files, ...second.files }, broken: first.broken || second.broken };
}
