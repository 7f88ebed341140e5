/**
 * Runs of the fast tests with the clock years ahead: a test that holds a certificate, a date or a rate fails there today, and not on the day when
 * it would keep everybody from landing anything.
 */

/** Years ahead of a run that names none: further than any certificate that a machine or a test takes along, and past 2038-01-19. */
const FURTHEST = 12;

/** How many years ahead a run called `clock` or `clock-N` is; nothing for any other run. */
export function yearsAhead(run: string): number | undefined {
  const found = /^clock(?:-(\d{1,2}))?$/.exec(run);
  return found ? Number(found[1] ?? FURTHEST) : undefined;
}

/**
 * What a program sees another date by. Timers go by the monotonic clock, which stays as it is: libfaketime's own would end waits at once or
 * never.
 * @param library path of libfaketime
 */
export function clockEnvironment(library: string, years: number): Readonly<Record<string, string>> {
  return { LD_PRELOAD: library, FAKETIME: `+${years}y`, FAKETIME_DONT_FAKE_MONOTONIC: "1" };
}
