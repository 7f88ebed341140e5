import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { filesToRunAgain, readReport, totalOf, withSecondRun } from "./report";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-report-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function read(results: Record<string, readonly string[] | "does not load">, ok = false) {
  const testResults = Object.entries(results).map(([name, tests]) => ({
    name: `/checkout/${name}`,
    status: tests === "does not load" || tests.includes("failed") ? "failed" : "passed",
    assertionResults: tests === "does not load" ? [] : tests.map((status) => ({ status })),
  }));
  const path = join(folder, "report.json");
  writeFileSync(path, JSON.stringify({ testResults }));
  return readReport(path, ok, (name) => name.replace("/checkout/", ""));
}

it("counts tests, and a file that does not load as one that failed", () => {
  const report = read({ a: ["passed", "passed", "skipped"], b: ["passed", "failed"], c: "does not load" });
  expect(totalOf(report)).toEqual({ passed: 3, failed: 2 });
});

it("takes a run that ended badly for a failure, whatever its tests say", () => {
  expect(totalOf(read({ a: ["passed"] }))).toEqual({ passed: 1, failed: 1 });
  expect(totalOf(read({ a: ["passed"] }, true))).toEqual({ passed: 1, failed: 0 });
  expect(totalOf(readReport(join(folder, "none.json"), true, String))).toEqual({ passed: 0, failed: 1 });
});

it("runs few failed files again, and counts what the second run says of them", () => {
  const first = read({ a: ["passed"], b: ["passed", "failed"], c: "does not load" });
  expect(filesToRunAgain(first)).toEqual(["b", "c"]);
  const second = read({ b: ["passed", "passed"], c: ["failed"] });
  expect(totalOf(withSecondRun(first, second))).toEqual({ passed: 3, failed: 1 });
});

it("counts a file as failed that never came to its second run", () => {
  const first = read({ a: ["failed"] });
  expect(totalOf(withSecondRun(first, read({}, true)))).toEqual({ passed: 0, failed: 1 });
});

it("runs nothing again where nothing failed, where much did, or where the run itself broke", () => {
  expect(filesToRunAgain(read({ a: ["passed"] }, true))).toEqual([]);
  expect(filesToRunAgain(read({ a: ["failed"], b: ["failed"], c: ["failed"] }))).toEqual([]);
  expect(filesToRunAgain(read({ a: ["passed"] }))).toEqual([]);
});
