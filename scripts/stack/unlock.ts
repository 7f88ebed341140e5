import { hostname } from "node:os";
import { isPulumi, judge, lockText } from "./lock";
import type { PulumiStack } from "./pulumiStack";

/** How an attempt to open a lock ended. */
export interface Unlocked {
  /** What to tell a person. */
  readonly lines: readonly string[];
  /** Whether the stack can be worked on now. */
  readonly free: boolean;
}

/**
 * Opens a stack's lock where nobody can be holding it any more, or where a person says so; never under a run of this computer.
 * @throws UserError if there is no such stack, or its state can't be reached
 */
export async function unlock(stack: PulumiStack, { yes }: { readonly yes: boolean }): Promise<Unlocked> {
  const report = await stack.lockReport();
  const verdicts = report.holders.map((holder) => judge(holder, hostname(), isPulumi));
  const { lines, opens } = lockText(report, verdicts, { yes, now: Date.now() });
  if (!opens) return { lines, free: report.holders.length === 0 };
  await stack.pulumi(["cancel", "--yes", "--stack", stack.stack]);
  return { lines: [...lines, "the lock is open; the next run takes up what that one had begun"], free: true };
}
