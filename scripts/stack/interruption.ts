/** What becomes of a run of Pulumi's whose verb is asked to end. */

/** A process that can be asked to end. */
interface Ending {
  kill(signal: NodeJS.Signals): boolean;
}

/** Where signals come in. */
type Signals = Pick<NodeJS.Process, "on" | "off">;

/** Signals by which a person, a CI runner or the system asks a verb to end. */
const asking = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** @see handOver */
export interface Interruption {
  /** What asked, if anything has. */
  readonly signal: NodeJS.Signals | undefined;
  /** Signals are this process's own again. */
  end(): void;
}

/**
 * Hands the first request to end on to Pulumi, as the interrupt after which it finishes what it is at, writes its state and lets go of its
 * lock. A runner repeats itself within seconds, and a second interrupt would make Pulumi drop everything, lock and all: only a person's
 * second Ctrl-C does that.
 * @param isTerminal whether a person sits there
 */
export function handOver(
  running: Ending,
  { signals = process, isTerminal = process.stdin.isTTY === true }: { signals?: Signals; isTerminal?: boolean } = {},
): Interruption {
  let first: NodeJS.Signals | undefined;
  const hear = (signal: NodeJS.Signals) => {
    if (first === undefined || (isTerminal && signal === "SIGINT")) running.kill("SIGINT");
    first ??= signal;
  };
  for (const signal of asking) signals.on(signal, hear);
  return {
    get signal() {
      return first;
    },
    end() {
      for (const signal of asking) signals.off(signal, hear);
    },
  };
}
