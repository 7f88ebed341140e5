/** What a run was making on a machine when it was cut off: Pulumi has it on record as begun, and would forget it. */
import { z } from "zod";
import { UserError } from "../lib/userError";
import { connect } from "../ssh/connection";
import { capture } from "../ssh/remote";

/** How Pulumi marks a secret in an exported state, with its value as JSON. */
const SECRET = "4dabf18193072939515e22adb298388d";

const State = z.looseObject({
  deployment: z.looseObject({
    pending_operations: z
      .array(z.looseObject({ type: z.string(), resource: z.looseObject({ type: z.string(), inputs: z.unknown() }) }))
      .nullish(),
  }),
});

const Command = z.object({
  delete: z.string(),
  stdin: z.string().optional(),
  connection: z.object({
    host: z.string(),
    port: z.number().default(22),
    user: z.string(),
    privateKey: z.string(),
    hostKey: z.string(),
  }),
});
/** A command that undoes what another was making. */
export type Undoing = z.output<typeof Command>;

/** The commands that undo what was being made, in an export with secrets in clear. */
export function undoings(exported: unknown): readonly Undoing[] {
  const operations = State.parse(exported).deployment.pending_operations ?? [];
  return operations
    .filter(({ type, resource }) => type === "creating" && resource.type === "command:remote:Command")
    .flatMap(({ resource }) => Command.safeParse(inClear(resource.inputs)).data ?? []);
}

/** Carries one out. Each is written to be repeated, and to find nothing. @throws UserError if it fails */
export async function undo(stack: string, { delete: line, stdin, connection }: Undoing): Promise<void> {
  const { host, port, user, hostKey, privateKey } = connection;
  const logins = [{ name: "the stack's own key", config: { privateKey } }];
  const client = await connect({ stack, address: host, port, user, hostKey, logins });
  try {
    const { code, stderr } = await capture(client, ["sh", "-c", line], stdin);
    if (code !== 0) throw new UserError(`what a run that was cut off had begun could not be undone: ${stderr.trim()}`);
  } finally {
    client.end();
  }
}

/** A value of an exported state with its secrets in clear. */
function inClear(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inClear);
  if (typeof value !== "object" || value === null) return value;
  if (SECRET in value) {
    const { plaintext } = value as { plaintext?: unknown };
    return typeof plaintext === "string" ? inClear(JSON.parse(plaintext)) : undefined;
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, inClear(inner)]));
}
