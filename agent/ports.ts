/** Ports of the loopback address under which the edge reaches processes. */
import { Failure } from "./failure";

/** First and last port that is given out: below the range Linux takes for outgoing connections (32768 and up). */
export const FIRST_PORT = 20_000;
/** @see FIRST_PORT */
export const LAST_PORT = 29_999;

/**
 * The next `count` ports that no release holds and nothing listens on, going on from the highest one held so that a port just freed
 * rests for a while: a late request to the old release must never meet another app.
 */
export async function freePorts(
  count: number,
  held: readonly number[],
  isFree: (port: number) => Promise<boolean>,
): Promise<readonly number[]> {
  const taken = new Set(held);
  const start = held.length === 0 ? FIRST_PORT : Math.max(...held) + 1;
  const size = LAST_PORT - FIRST_PORT + 1;
  const found: number[] = [];
  for (let step = 0; step < size && found.length < count; step++) {
    const port = FIRST_PORT + ((start - FIRST_PORT + step) % size);
    if (!taken.has(port) && (await isFree(port))) found.push(port);
  }
  if (found.length < count)
    throw new Failure(
      `no ${count} free ports between ${FIRST_PORT} and ${LAST_PORT}: remove an app or lower its replicas`,
    );
  return found;
}
