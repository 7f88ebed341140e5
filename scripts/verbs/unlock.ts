import { openStack } from "../stack/openStack";
import { unlock as open } from "../stack/unlock";

/** Says who holds a stack's lock, and opens it where that is right. @returns the exit code */
export async function unlock(stack: string, options: { yes?: boolean; sandbox?: boolean }): Promise<number> {
  const { yes = false, sandbox = false } = options;
  const { lines, free } = await open(await openStack(stack, { sandbox }), { yes });
  process.stdout.write(`${lines.join("\n")}\n`);
  return free ? 0 : 1;
}
