import { join } from "node:path";
import { execa } from "execa";
import type { TestStack } from "../test/e2e/support/stack";
import { timed } from "./report";

/** Runs Pulumi itself, without the verbs around it, in a folder. @returns seconds. @throws Error with its output */
export type RunPulumi = (
  args: readonly string[],
  cwd?: string,
  env?: Readonly<Record<string, string>>,
) => Promise<number>;

/** How Pulumi is run on a test's stack. */
export async function pulumiOf(stack: TestStack): Promise<RunPulumi> {
  const { stdout } = await stack.verb("env", ["dev", "--json"]);
  const sandboxEnv = JSON.parse(stdout) as Record<string, string>;
  return async (args, cwd = process.cwd(), env = {}) => {
    const { seconds, result } = await timed(() =>
      execa("pulumi", args, { cwd, env: { ...sandboxEnv, ...env }, reject: false, all: true, stdin: "ignore" }),
    );
    if (result.exitCode !== 0) throw new Error(`pulumi ${args.join(" ")}:\n${result.all}`);
    return seconds;
  };
}

/** Arguments that name a test's stack and its settings. */
export function onStack(stack: TestStack): string[] {
  const cache = process.env.SLIPWAY_CACHE ?? join(process.env.HOME ?? "", ".cache", "slipway");
  return ["--stack", "dev", "--config-file", join(cache, "stacks", String(stack.slot), "Pulumi.dev.yaml")];
}
