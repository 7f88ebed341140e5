import { readdirSync } from "node:fs";
import { execa } from "execa";
import { ensureActionlint } from "../setup/actionlint";
import { checkout } from "../setup/cache";
import { readStacks, sharedAmong, sharedText } from "../stack/sharedSecrets";
import { test } from "./test";

/** Where workflows stand: this repository's own, and those that an app's repository takes over. */
const folders = [
  [".github", "workflows"],
  ["workflows", "app"],
] as const;

/** Types, lint, the fast tests, the workflows, and what stacks share: what needs neither a container engine nor an account. @returns the exit code */
export async function check(): Promise<number> {
  const linted = await lintWorkflows();
  const apart = checkApart();
  const tested = await test(["unit"]);
  return linted || apart || tested;
}

/** Looks whether a stack without reviewers shares a secret with one that has them, as far as their files tell. @returns the exit code */
export function checkApart(): number {
  const shared = sharedAmong(readStacks());
  for (const one of shared) process.stderr.write(`${sharedText(one)}\n`);
  process.stdout.write(`secrets of stacks: ${shared.length === 0 ? "ok" : "shared"}\n`);
  return shared.length === 0 ? 0 : 1;
}

/** Runs actionlint on every workflow. @returns its exit code */
export async function lintWorkflows(): Promise<number> {
  const files = folders.flatMap((folder) =>
    readdirSync(checkout(...folder))
      .filter((name) => name.endsWith(".yml"))
      .map((name) => checkout(...folder, name)),
  );
  const { exitCode = 1 } = await execa(await ensureActionlint(), files, {
    cwd: checkout(),
    stdio: ["ignore", 1, 2],
    reject: false,
  });
  process.stdout.write(`actionlint: ${exitCode === 0 ? "ok" : "failed"}\n`);
  return exitCode;
}
