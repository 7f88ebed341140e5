/** Since when an app's host has asked the registry in vain, so that a login that has lapsed shows before somebody misses a release. */
import * as z from "zod";
import { Failure } from "./failure";
import type { Host } from "./host";
import { appPaths } from "./paths";

const Unanswered = z.strictObject({ since: z.string(), reason: z.string() });
/** `since` as an ISO date, and what the registry said last. */
export type Unanswered = z.output<typeof Unanswered>;

/** Has the registry asked; keeps what it refuses, until it answers. Rejects as `ask` does. */
export async function noting<Answer>(
  host: Pick<Host, "files" | "now">,
  app: string,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  const before = await unansweredSince(host, app);
  try {
    const answer = await ask();
    if (before) await host.files.remove(appPaths(app).unanswered);
    return answer;
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    const since = before?.since ?? new Date(host.now()).toISOString();
    const note: Unanswered = { since, reason: thrown.message };
    if (note.reason !== before?.reason) {
      await host.files.write(appPaths(app).unanswered, `${JSON.stringify(note)}\n`, 0o600);
    }
    throw thrown;
  }
}

/** Since when and why; `undefined` where the registry answered last, or was never asked. */
export async function unansweredSince(host: Pick<Host, "files">, app: string): Promise<Unanswered | undefined> {
  const text = await host.files.read(appPaths(app).unanswered);
  if (text === undefined) return undefined;
  try {
    return Unanswered.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
