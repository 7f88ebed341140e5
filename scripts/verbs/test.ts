import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { execa } from "execa";
import { checkout } from "../setup/cache";
import { ensureFaketime } from "../setup/faketime";
import { ensurePostgres } from "../setup/postgres";
import { clockEnvironment, yearsAhead } from "../testing/clock";
import { filesToRunAgain, readReport, type TestReport, totalOf, withSecondRun } from "../testing/report";

/** Projects whose tests run on real hosts, where a file that failed is run once more: see {@link filesToRunAgain}. */
const onHosts: readonly string[] = ["e2e"];

/** Runs the checks and every test, and prints `N passed, N failed` on the last line. @returns the exit code */
export async function test(projects: readonly string[]): Promise<number> {
  await ensurePostgres();
  const folder = mkdtempSync(join(tmpdir(), "slipway-test-"));
  const total = { passed: 0, failed: 0 };
  const add = ({ passed, failed }: { passed: number; failed: number }) => {
    total.passed += passed;
    total.failed += failed;
  };
  const second: string[] = [];
  try {
    for (const check of [
      ["tsc", "--noEmit"],
      ["biome", "check", "."],
    ]) {
      const ok = await tool(check);
      process.stdout.write(`${check[0]}: ${ok ? "ok" : "failed"}\n`);
      add({ passed: ok ? 1 : 0, failed: ok ? 0 : 1 });
    }
    for (const project of projects) {
      const years = yearsAhead(project);
      if (years !== undefined) {
        add(await runAhead(years, join(folder, `${project}.json`)));
        continue;
      }
      const first = await run(project, join(folder, `${project}.json`));
      const files = onHosts.includes(project) ? filesToRunAgain(first) : [];
      if (files.length === 0) {
        add(totalOf(first));
        continue;
      }
      process.stdout.write(`\nrun once more, by ${files.length === 1 ? "itself" : "themselves"}: ${files.join(" ")}\n`);
      const again = await run(project, join(folder, `${project}-again.json`), files);
      second.push(...files);
      add(totalOf(withSecondRun(first, again)));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  for (const file of second) process.stdout.write(`failed in the first run, and was run once more: ${file}\n`);
  process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
}

async function run(
  project: string,
  report: string,
  files: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<TestReport> {
  const args = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const ok = await tool(["vitest", "run", "--project", project, ...args, ...files], env);
  return readReport(report, ok, (path) => relative(checkout(), path));
}

/** The fast tests once more, with the clock ahead: one check if they pass, since they are the same tests. */
async function runAhead(years: number, report: string): Promise<{ passed: number; failed: number }> {
  const env = clockEnvironment(await ensureFaketime(), years);
  const { passed, failed } = totalOf(await run("unit", report, [], env));
  const ok = failed === 0 && passed > 0;
  const ahead = `${years} ${years === 1 ? "year" : "years"} ahead`;
  process.stdout.write(
    ok
      ? `clock ${ahead}: ok (${passed} tests)\n`
      : `clock ${ahead}: failed. What failed above only in this run holds a date that comes\n`,
  );
  return { passed: ok ? 1 : 0, failed: ok ? 0 : Math.max(1, failed) };
}

async function tool(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<boolean> {
  const [name = "", ...args] = argv;
  const result = await execa(checkout("node_modules", ".bin", name), args, {
    cwd: checkout(),
    env,
    stdio: ["ignore", 1, 2],
    reject: false,
  });
  return result.exitCode === 0;
}
