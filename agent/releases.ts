/** `slipway releases`: the ledger as a table. */
import type { Row } from "./ledger";

/** One line per release, the newest first, under a line of titles. */
export function releasesText(rows: readonly Row[], live: number | undefined): readonly string[] {
  const table = [
    ["release", "when", "who", "commit", "images", "took", "result"],
    ...[...rows]
      .reverse()
      .map((row) => [
        `${row.release}${row.release === live ? "*" : ""}`,
        row.at.slice(0, 19).replace("T", " "),
        row.actor,
        row.commit?.slice(0, 12) ?? "-",
        [...new Set(Object.values(row.images).map(shortDigest))].join(" "),
        row.milliseconds === undefined ? "-" : `${(row.milliseconds / 1000).toFixed(1)} s`,
        resultText(row),
      ]),
  ];
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((cells) => cells[column]?.length ?? 0)));
  return table.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

function resultText({ result, step, reason = "", rollback }: Row): string {
  const back = rollback === undefined ? "" : `, rollback to ${rollback}`;
  return result === "failed" ? `failed at «${step}»: ${reason.split("\n")[0]}${back}` : result + back;
}

function shortDigest(image: string): string {
  return image.slice(image.indexOf("@sha256:") + 8).slice(0, 12);
}
