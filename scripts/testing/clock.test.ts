import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { installedFaketime } from "../setup/faketime";
import { clockEnvironment, yearsAhead } from "./clock";

it.each([
  ["clock", 12],
  ["clock-1", 1],
  ["clock-5", 5],
  ["unit", undefined],
  ["e2e", undefined],
  ["clock-", undefined],
])("the run %s is %s years ahead", (run, years) => {
  expect(yearsAhead(run)).toBe(years);
});

const library = installedFaketime();

describe.skipIf(library === undefined)("with libfaketime", () => {
  const script = (delay: number) => `
    const begun = Date.now();
    const { Worker } = require("node:worker_threads");
    setTimeout(() => {
      const worker = new Worker("require('node:worker_threads').parentPort.postMessage(Date.now())", { eval: true });
      worker.on("message", (at) => console.log(JSON.stringify({ begun, waited: Date.now() - begun, worker: at })));
    }, ${delay})`;

  it.each([
    1, 5, 12,
  ])("a program, its threads and its children are %i years ahead, and wait no longer for it", async (years) => {
    // The date that these tests themselves see may be another, too.
    const env = clockEnvironment(library ?? "", years);
    const { stdout } = await execa("sh", ["-c", `exec node -e "$SCRIPT"`], {
      env: { ...env, SCRIPT: script(100), NODE_OPTIONS: "" },
    });
    const { begun, waited, worker } = JSON.parse(stdout) as { begun: number; waited: number; worker: number };
    const now = await execa("date", ["+%s"], { env: { LD_PRELOAD: "" } });
    const ahead = (begun / 1000 - Number(now.stdout)) / (365 * 86_400);
    expect(Math.round(ahead)).toBe(years);
    expect(worker).toBeGreaterThan(begun);
    expect(waited).toBeGreaterThanOrEqual(95);
    expect(waited).toBeLessThan(10_000);
  });
});
