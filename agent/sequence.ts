/**
 * The order of an app's releases. Each says when it was asked for, by the clock of whoever asked; nothing older than what is live goes live.
 * Clocks are wrong, and CI's key may send any number, so the host's own clock bounds what counts.
 */
import type { Row } from "./ledger";
import type { Manifest } from "./manifest";
import { isoText } from "./stored";
import { spanText } from "./words";

/**
 * Milliseconds that whoever asks may be ahead of this host. Clocks that are set by NTP differ by less than a second, a machine that has just
 * woken up by little more. What is within it is taken as it is, so that the runs of one sender keep their order; and it is as long as a
 * clock that is wrong can hold up others, so it is short.
 */
export const TOLERANCE = 120_000;

/** Whether a moment can be one at which something was asked for. */
export function isPlausible(sequence: number, now: number): boolean {
  return sequence <= now + TOLERANCE;
}

/** A manifest whose place in the order this host can vouch for: one from the future counts as of its arrival. */
export function bounded(manifest: Manifest, now: number): { readonly manifest: Manifest; readonly note?: string } {
  const { origin } = manifest;
  if (isPlausible(origin.sequence, now)) return { manifest };
  return {
    manifest: { ...manifest, origin: { ...origin, sequence: now } },
    note:
      `it says that it was asked for ${whenText(origin.sequence, now)}: the clock of whoever asked, or of this host, is wrong. ` +
      "It counts as asked for now",
  };
}

/**
 * The moment that a release must not be older than. One of the future, which an older engine took or this host's clock had when it was
 * wrong, says nothing: then those of the ledger count that can be.
 */
export function newestOf(live: number, rows: readonly Pick<Row, "result" | "sequence">[], now: number): number {
  if (isPlausible(live, now)) return live;
  const earlier = rows.filter(({ result, sequence }) => result === "live" && isPlausible(sequence, now));
  return Math.max(0, ...earlier.map(({ sequence }) => sequence));
}

/** Why a release that is older than the live one is refused, and what to do. */
export function olderText(sequence: number, newest: number, live: string, now: number): string {
  return (
    `sequence ${sequence} (${isoText(sequence)}) is older than ${newest} (${isoText(newest)}) of ${live}. ` +
    `This host's clock says ${isoText(now)}: if the clock of whoever asked is behind, set it and release again. ` +
    "To go back on purpose, roll back on the host, or release the older commit anew"
  );
}

function whenText(sequence: number, now: number): string {
  const span = sequence - now;
  return Number.isNaN(new Date(sequence).getTime())
    ? `at ${isoText(sequence)}`
    : `in ${spanText(span)} (${isoText(sequence)})`;
}
