/** `slipway job`: what the timer of a schedule runs. */
import { excessOfWords } from "./allowed";
import { Failure } from "./failure";
import type { Host } from "./host";
import { liveRecord, runAs } from "./run";

/**
 * Runs a process with a schedule once, as the live release has it, in a container of its own; resolves with its exit code. A release that
 * goes on meanwhile leaves it alone.
 * @param say prints a line for the journal
 * @throws Failure if the live release has no such process, e.g. because it was made since the timer fired
 */
export async function runJob(host: Host, app: string, name: string, say: (line: string) => void): Promise<number> {
  const record = await liveRecord(host, app);
  const { release, content } = record;
  if (content.processes[name]?.schedule === undefined) {
    throw new Failure(`release ${release} of ${app} has no process ${name} with a schedule`);
  }
  const begun = host.now();
  // What is live was let in when it was released, maybe by an older engine: it goes on as it is, and nothing like it comes in anew.
  for (const line of excessOfWords(content)) say(`! the next release will be refused: ${line}`);
  say(`${name} of ${app} starts, release ${release}`);
  const code = await runAs(host, record, name, { command: [], terminal: false });
  say(`${name} of ${app} ended with exit code ${code} after ${((host.now() - begun) / 1000).toFixed(1)} s`);
  return code;
}
