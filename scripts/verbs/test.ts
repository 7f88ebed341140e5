import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { checkout } from "../setup/cache";

/** Runs the checks and every test, and prints `N passed, N failed` on the last line. @returns the exit code */
export async function test(projects: readonly string[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "slipway-test-"));
  const total = { passed: 0, failed: 0 };
  const add = (passed: number, failed: number) => {
    total.passed += passed;
    total.failed += failed;
  };
  try {
    for (const check of [
      ["tsc", "--noEmit"],
      ["biome", "check", "."],
    ]) {
      const ok = await tool(check);
      process.stdout.write(`${check[0]}: ${ok ? "ok" : "failed"}\n`);
      add(ok ? 1 : 0, ok ? 0 : 1);
    }
    for (const project of projects) {
      const report = join(folder, `${project}.json`);
      const ok = await tool([
        "vitest",
        "run",
        "--project",
        project,
        "--reporter=default",
        "--reporter=json",
        `--outputFile.json=${report}`,
      ]);
      const { passed, failed } = readReport(report);
      // A run that ended badly without a failing test (a file that does not load) is a failure too.
      add(passed, failed === 0 && !ok ? 1 : failed);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
}

async function tool(argv: readonly string[]): Promise<boolean> {
  const [name = "", ...args] = argv;
  const result = await execa(checkout("node_modules", ".bin", name), args, {
    cwd: checkout(),
    stdio: ["ignore", 1, 2],
    reject: false,
  });
  return result.exitCode === 0;
}

function readReport(path: string): { passed: number; failed: number } {
  try {
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(path, "utf8"));
    return { passed: numPassedTests, failed: numFailedTests };
  } catch {
    return { passed: 0, failed: 0 };
  }
}
