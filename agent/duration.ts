/** Durations of compose files. */

/** Seconds of each unit. */
const UNITS: Readonly<Record<string, number>> = {
  us: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
};

/** Seconds of a duration, e.g. `1m30s` (compose specification, "Specifying durations"); days and weeks are compose's own. */
export function secondsOf(duration: unknown): number | undefined {
  if (typeof duration !== "string" || !/^(\d+(\.\d+)?(us|ms|[smhdw]))+$/.test(duration)) return undefined;
  const parts = [...duration.matchAll(/([\d.]+)(us|ms|[smhdw])/g)];
  return parts.reduce((sum, [, number, unit = ""]) => sum + Number(number) * (UNITS[unit] ?? 0), 0);
}
