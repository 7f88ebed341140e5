/** Times as people read them. */

const units = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
] as const;

/** Below so many hours they are told, and not days. */
const HOURS = 96;

/** A span in the largest unit that says enough, e.g. `71 hours` or `5 days`. @param milliseconds */
export function spanText(milliseconds: number): string {
  const [unit, length] = units.find(([unit, each]) => milliseconds >= (unit === "day" ? HOURS * 3_600_000 : each)) ?? [
    "minute",
    60_000,
  ];
  const count = Math.max(0, Math.floor(milliseconds / length));
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

/** How long ago `at` was at `now`. Milliseconds since 1970. */
export function agoText(at: number, now: number): string {
  return `${spanText(now - at)} ago`;
}

/** How far off `at` is at `now`, or how long ago it was. */
export function dueText(at: number, now: number): string {
  return at > now ? `in ${spanText(at - now)}` : agoText(at, now);
}

/** What came of bringing a preview up, for a comment on its pull request. */
export function previewMarkdown(preview: { stack: string; url: string; expires: string; changes: string }): string {
  const { stack, url, expires, changes } = preview;
  return `## Environment \`${stack}\`\n\n${url}\n\n${changes}. It goes when the pull request is closed, or at ${expires}.\n`;
}
