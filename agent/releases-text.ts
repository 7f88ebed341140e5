/** Releases as lines for people. */
import type { findRelease, ListedRelease } from "./releases";
import { agoText, commitText, counted, cut, digestText, momentText, tableText } from "./words";

/** How much of the table is shown. */
export interface TableOrder {
  readonly app: string;
  /** Releases that are shown, the newest. */
  readonly rows: number;
  /** Characters of a line. */
  readonly width: number;
}

/** One line for each release, the newest first, under a line of titles; what is not shown is counted. */
export function releasesText(releases: readonly ListedRelease[], { app, rows, width }: TableOrder): readonly string[] {
  const shown = [...releases].reverse().slice(0, rows);
  const older = releases.length - shown.length;
  return [
    ...tableText([["release", "when (UTC)", "who", "commit", "image", "took", "result"], ...shown.map(cellsOf)]).map(
      (line) => cut(line, width),
    ),
    ...(shown.some(isPruned) ? ["pruned: its image is no longer kept here, so there is no going back to it"] : []),
    ...(older > 0
      ? [`${counted(older, "older release")}; to see them too: slipway releases ${app} -n ${releases.length}`]
      : []),
  ];
}

/** Everything about one release. @param now milliseconds since 1970 */
export function releaseText(
  app: string,
  release: Awaited<ReturnType<typeof findRelease>>,
  now: number,
): readonly string[] {
  const { at, actor, commit, run, images, step, reason, printed } = release;
  return [
    `release ${release.release} of ${app}: ${resultOf(release)}`,
    ...tableText([
      ["when", `${momentText(at)} UTC, ${agoText(Date.parse(at), now)}`],
      ["took", tookOf(release)],
      ["who", actor],
      ...(commit === undefined ? [] : [["commit", commit]]),
      ...(run === undefined ? [] : [["run", run]]),
      ...Object.entries(images).map(([process, image]) => ["image", `${process}: ${image}`]),
      ...(step === undefined ? [] : [["step", step]]),
      ...(reason ?? "")
        .split("\n")
        .flatMap((line, index) => (line === "" ? [] : [[index === 0 ? "reason" : "", line]])),
    ]).map((line) => `  ${line}`),
    ...(printed === undefined
      ? ["what it printed is no longer kept"]
      : [
          "what it printed:",
          ...printed
            .trimEnd()
            .split("\n")
            .map((line) => `  | ${line}`),
        ]),
  ];
}

function cellsOf(release: ListedRelease): readonly string[] {
  return [
    `${release.release}${release.live ? " *" : ""}`,
    momentText(release.at),
    cut(release.actor, 20),
    release.commit === undefined ? "-" : commitText(release.commit),
    [...new Set(Object.values(release.images).map(digestText))].join(" "),
    tookOf(release),
    [resultOf(release), (release.reason ?? "").split("\n")[0]].filter(Boolean).join(": "),
  ];
}

function tookOf({ milliseconds }: ListedRelease): string {
  return milliseconds === undefined ? "-" : `${(milliseconds / 1000).toFixed(1)} s`;
}

function resultOf(release: ListedRelease): string {
  const { result, live, step, rollback } = release;
  const state = live ? "live" : result === "live" ? (isPruned(release) ? "replaced, pruned" : "replaced") : result;
  return [
    state,
    ...(step === undefined ? [] : [` at «${step}»`]),
    ...(rollback === undefined ? [] : [`, rollback to ${rollback}`]),
  ].join("");
}

function isPruned({ result, live, onRecord }: ListedRelease): boolean {
  return result === "live" && !live && !onRecord;
}
