/** Runs a job's steps as GitHub Actions would: its `run` lines in their order, with what its expressions stand for, and nothing else of the job's. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import type { WorkflowJob } from "./workflows";

/** What expressions refer to: `github`, `secrets`, `vars`. */
export type Contexts = Readonly<Record<string, unknown>>;

/** How a job went. */
export interface JobRun {
  /** Exit code of the first step that failed, else 0. */
  readonly exitCode: number;
  /** What the steps printed. */
  readonly log: string;
  /** The page of the run. */
  readonly summary: string;
  /** By step's id. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/**
 * Runs the steps that run something; what actions would have done is there already.
 * @param env what every step has besides, e.g. where the sandbox is
 */
export async function runJob(
  job: WorkflowJob,
  { contexts, cwd, env }: { contexts: Contexts; cwd: string; env: Readonly<Record<string, string>> },
): Promise<JobRun> {
  const folder = mkdtempSync(join(tmpdir(), "slipway-job-"));
  const [summary, output] = [join(folder, "summary"), join(folder, "output")];
  writeFileSync(summary, "");
  const steps: Record<string, { outputs: Record<string, string> }> = {};
  let exitCode = 0;
  let log = "";
  for (const step of job.steps) {
    if (step.run === undefined || !isDue(step.if, exitCode)) continue;
    writeFileSync(output, "");
    const all = { ...contexts, steps };
    const own = Object.fromEntries(
      Object.entries({ ...job.env, ...step.env }).map(([name, text]) => [name, evaluate(text, all)]),
    );
    const result = await execa("bash", ["-e", "-c", step.run], {
      cwd,
      env: { ...env, ...own, GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: summary, GITHUB_OUTPUT: output },
      extendEnv: true,
      reject: false,
      all: true,
      stdin: "ignore",
    });
    log += `${result.all}\n`;
    exitCode ||= result.exitCode ?? 1;
    if (step.id) steps[step.id] = { outputs: outputsOf(readFileSync(output, "utf8")) };
  }
  const page = readFileSync(summary, "utf8");
  rmSync(folder, { recursive: true });
  const outputs = Object.fromEntries(Object.entries(steps).map(([id, step]) => [id, step.outputs]));
  return { exitCode, log, summary: page, outputs };
}

/** The two conditions that steps here have. @throws Error for any other */
function isDue(condition: string | undefined, exitCode: number): boolean {
  if (condition === undefined) return exitCode === 0;
  if (/^(\$\{\{ )?!cancelled\(\)( \}\})?$/.test(condition)) return true;
  if (/^(\$\{\{ )?cancelled\(\)( \}\})?$/.test(condition)) return false;
  throw new Error(`no such condition is known here: ${condition}`);
}

/** A text with its expressions' values; what isn't there is empty, as in GitHub Actions. @throws Error for more than names with `||` between them */
export function evaluate(text: string, contexts: Contexts): string {
  return String(text).replaceAll(/\$\{\{ *(.*?) *\}\}/g, (_, expression: string) => {
    const names = expression.split(/ *\|\| */);
    if (!names.every((name) => /^[\w-]+(\.[\w-]+)+$/.test(name)))
      throw new Error(`no such expression is known here: ${expression}`);
    return names.map((name) => read(name, contexts)).find((value) => value !== "") ?? "";
  });
}

function read(name: string, contexts: Contexts): string {
  const value = name
    .split(".")
    .reduce<unknown>((found, key) => (found as Record<string, unknown> | undefined)?.[key], contexts);
  return value === undefined || value === null ? "" : String(value);
}

function outputsOf(text: string): Record<string, string> {
  const lines = text.split("\n").filter((line) => line.includes("="));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
}
