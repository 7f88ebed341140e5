import { readdirSync } from "node:fs";
import { execa } from "execa";
import { ensureActionlint } from "../setup/actionlint";
import { checkout } from "../setup/cache";
import { test } from "./test";

/** Where workflows stand: this repository's own, and those that an app's repository takes over. */
const folders = [
  [".github", "workflows"],
  ["workflows", "app"],
] as const;

/** Types, lint, the fast tests, and the workflows: what needs neither a container engine nor an account. @returns the exit code */
export async function check(): Promise<number> {
  const linted = await lintWorkflows();
  const tested = await test(["unit"]);
  return linted === 0 ? tested : linted;
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
