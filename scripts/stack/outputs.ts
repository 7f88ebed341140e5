/** What a stack gives back, secrets included: they are for an SSH connection and go nowhere else. */
import { execa } from "execa";
import { z } from "zod";
import { UserError } from "../lib/userError";
import { checkout } from "../setup/cache";
import { quietToolchain } from "../setup/toolchain";
import { currentSlot } from "./slot";
import { isSandboxStack, readStackFile } from "./stackFile";
import { Workspace } from "./workspace";

/** The outputs that the verbs use; see `stacks/machine.ts`. */
export const Outputs = z.object({
  address: z.string(),
  port: z.number().default(22),
  hostKey: z.string(),
  deployKey: z.string().optional(),
  urls: z.record(z.string(), z.array(z.string())).default({}),
  releases: z
    .record(z.string(), z.object({ number: z.number(), images: z.record(z.string(), z.string()).default({}) }))
    .default({}),
  /** What each app is called on the host, where that is said. */
  onHost: z.record(z.string(), z.string()).default({}),
  provenance: z
    .record(
      z.string(),
      z.object({ origin: z.object({ sequence: z.number(), actor: z.string(), commit: z.string().optional() }) }),
    )
    .default({}),
});
/** @see Outputs */
export type Outputs = z.infer<typeof Outputs>;

/**
 * The outputs of a stack: of the sandbox's own state for a stack of the sandbox, else by the person's own Pulumi, as they are logged in.
 * @throws UserError if the stack is not up, or Pulumi can't say
 */
export async function stackOutputs(stack: string): Promise<Outputs> {
  const { document } = readStackFile(stack);
  const given = isSandboxStack(document) ? await sandboxOutputs(stack) : await ownOutputs(stack);
  const parsed = Outputs.safeParse(given);
  if (parsed.success) return parsed.data;
  const up = isSandboxStack(document) ? `./scripts/up ${stack}` : `pulumi up --stack ${stack}`;
  const wrong = [...new Set(parsed.error.issues.map(({ path }) => path[0]))].join(", ");
  throw new UserError(`stack ${stack} has no machine to speak to yet (output ${wrong}); bring it up: ${up}`);
}

async function sandboxOutputs(stack: string): Promise<unknown> {
  const workspace = new Workspace(stack, currentSlot(process.env), await quietToolchain());
  return workspace.exists() ? workspace.outputs({ secrets: true }) : {};
}

async function ownOutputs(stack: string): Promise<unknown> {
  const args = ["stack", "output", "--json", "--show-secrets", "--stack", stack];
  const result = await execa("pulumi", args, { cwd: checkout(), reject: false, stdin: "ignore" });
  if (result.exitCode === 0) return JSON.parse(result.stdout);
  const why =
    result.exitCode === undefined
      ? "it is not installed; see https://www.pulumi.com/docs/install/"
      : result.stderr
          .replace(/^error: /, "")
          .trim()
          .split("\n")[0];
  throw new UserError(`pulumi stack output --stack ${stack}: ${why}`);
}
