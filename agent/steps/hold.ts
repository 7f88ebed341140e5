import type { Host } from "../host";
import { HOLD } from "../paths";

/** Milliseconds between two looks, and the longest wait. */
const POLL = 50;
/** @see POLL */
const LIMIT = 60_000;

/** Waits before a step, of a release or of another operation, as long as a rehearsal asks for it. */
export async function hold(host: Host, step: string, say: (line: string) => void): Promise<void> {
  const isHeld = async () => (await host.files.read(HOLD))?.trim() === step;
  if (!(await isHeld())) return;
  say(`… is held before «${step}» by ${HOLD}`);
  const end = host.now() + LIMIT;
  while (host.now() < end && (await isHeld())) await host.sleep(POLL);
}
