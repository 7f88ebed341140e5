/** How an overview says things, the same in table and page. */
import type { AppView, MachineView } from "./overview";

/** What stands where there is nothing to say. */
export const NONE = "–";

/** How long ago a moment was, in the largest unit that fits, e.g. `3 days`. @param at ISO 8601 @param now the same */
export function ageText(at: string, now: string): string {
  const seconds = Math.max(0, (Date.parse(now) - Date.parse(at)) / 1000);
  const [unit, length] = (
    [
      ["day", 86_400],
      ["hour", 3_600],
      ["minute", 60],
    ] as const
  ).find(([, size]) => seconds >= size) ?? ["second", 1];
  const count = Math.floor(seconds / length);
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

/** A moment to the minute, UTC. @param at ISO 8601 */
export function minuteText(at: string): string {
  return at.slice(0, 16).replace("T", " ");
}

/** Who shipped it, and the start of the commit. */
export function byText({ actor, commit }: Pick<AppView, "actor" | "commit">): string {
  const short = commit?.replace(/^([0-9a-f]{7})[0-9a-f]+/, "$1");
  return [actor, short].filter((part) => part !== undefined).join(" ") || NONE;
}

/** How an app fares, with what runs where that is not all. */
export function healthText({ health, running: { running, wanted } }: Pick<AppView, "health" | "running">): string {
  return running < wanted ? `${health} (${running} of ${wanted})` : health;
}

/** When the first certificate ends. */
export function certificateText({ certificate }: Pick<AppView, "certificate">): string {
  if (!certificate) return NONE;
  const { days } = certificate;
  if (days === undefined) return "missing";
  return days < 0 ? "ended" : `${days} ${days === 1 ? "day" : "days"}`;
}

/** How old the newest dump is. @param now ISO 8601 */
export function snapshotText({ snapshot }: Pick<AppView, "snapshot">, now: string): string {
  if (!snapshot) return NONE;
  return snapshot.at === undefined ? "of unknown age" : `${ageText(snapshot.at, now)} old`;
}

/** What of a room is taken, in percent. */
export function takenPercent({ free, size }: MachineView["disk"]): number {
  return size === 0 ? 0 : Math.round((100 * (size - free)) / size);
}

/** Bytes, e.g. `12.3 GB` or `480 MB`. */
export function sizeText(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.round(bytes / 1e6)} MB`;
}
