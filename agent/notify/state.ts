/** What a stack's people were told already, by each way of telling. */
import * as z from "zod";
import type { Files } from "../host";
import { NOTIFY_STATES } from "../paths";
import { KINDS } from "./order";
import { notifyPath } from "./orders";

const Moment = z.string();

/** A trouble that was seen when the host was last looked at. */
const Open = z.object({
  kind: z.enum(KINDS),
  app: z.string().optional(),
  title: z.string(),
  /** When it was first seen. */
  since: Moment,
  /** Whether people know of it. */
  told: z.boolean(),
});

/** What was told by one way. Times are ISO 8601. */
export const Told = z.object({
  /** Nothing from before is told. */
  since: Moment,
  /** The newest row of each app's ledger that is done with. */
  rows: z.record(z.string(), z.number()),
  troubles: z.record(z.string(), Open),
  /** Since when nothing can be sent, and why, secrets blotted out. */
  failed: z.object({ since: Moment, reason: z.string() }).optional(),
});
/** @see Told */
export type Told = z.infer<typeof Told>;

const State = z.object({
  /** When the whole host was last looked at. */
  looked: Moment.optional(),
  /** By way of telling. */
  channels: z.record(z.string(), Told),
});
/** @see the file's head */
export type State = z.infer<typeof State>;

/** What a stack's people were told; one that can't be read counts as none. */
export async function readState(files: Files, stack: string): Promise<State> {
  const text = await files.read(notifyPath(NOTIFY_STATES, stack));
  try {
    return State.parse(JSON.parse(text ?? ""));
  } catch {
    return { channels: {} };
  }
}

/** Keeps it. */
export async function writeState(files: Files, stack: string, state: State): Promise<void> {
  await files.write(notifyPath(NOTIFY_STATES, stack), `${JSON.stringify(state)}\n`, 0o600);
}

/** What someone was told who is to be told from now on. */
export function nothingTold(now: number): Told {
  return { since: new Date(now).toISOString(), rows: {}, troubles: {} };
}
