/** A stack, on the sandbox's state or on the team's own. */
import { UserError } from "../lib/userError";
import { quietToolchain } from "../setup/toolchain";
import { OwnStack } from "./ownStack";
import type { PulumiStack } from "./pulumiStack";
import { currentSlot } from "./slot";
import { Workspace } from "./workspace";

/**
 * @param sandbox whether the sandbox's own state is meant, which `./scripts/up` works on; otherwise what plain `pulumi` would work on
 * @throws UserError if the stack has no settings in this checkout, or isn't in the sandbox
 */
export async function openStack(stack: string, { sandbox = false } = {}): Promise<PulumiStack> {
  if (!sandbox) return OwnStack.open(stack);
  const workspace = new Workspace(stack, currentSlot(process.env), await quietToolchain());
  if (!workspace.exists())
    throw new UserError(`stack ${stack} is not up in the sandbox; bring it up: ./scripts/up ${stack}`);
  return workspace;
}
