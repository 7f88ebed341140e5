/** What was restored on this host, by whom, and how it ended. Append-only, JSON lines. */
import * as z from "zod";
import type { Files } from "./host";
import { appPaths } from "./paths";
import { momentText, tableText } from "./words";

/** A restore that was tried. */
export const RestoreRow = z.object({
  /** ISO 8601, when it began. */
  at: z.string(),
  actor: z.string(),
  /** What the database was replaced by. */
  snapshot: z.string(),
  /** The snapshot of the state before; none where it didn't get so far. */
  before: z.string().optional(),
  /** The release that was live. */
  live: z.number().int(),
  seconds: z.number(),
  result: z.enum(["restored", "failed"]),
  reason: z.string().optional(),
});
/** @see RestoreRow */
export type RestoreRow = z.infer<typeof RestoreRow>;

/** All rows, oldest first. A last line that a power cut tore off is left out. */
export async function readRestores(files: Files, app: string): Promise<readonly RestoreRow[]> {
  const text = (await files.read(appPaths(app).restores)) ?? "";
  return text.split("\n").flatMap((line) => {
    try {
      return [RestoreRow.parse(JSON.parse(line))];
    } catch {
      return [];
    }
  });
}

/** Adds a row, on a line of its own whatever the last one is. */
export async function writeRestore(files: Files, app: string, row: RestoreRow): Promise<void> {
  const path = appPaths(app).restores;
  const before = (await files.read(path)) ?? "";
  await files.append(path, `${before === "" || before.endsWith("\n") ? "" : "\n"}${JSON.stringify(row)}\n`);
}

/** The restores as a table, the newest first. */
export function restoresText(rows: readonly RestoreRow[]): readonly string[] {
  return tableText([
    ["restored", "when (UTC)", "under", "took", "who", "result"],
    ...[...rows]
      .reverse()
      .map(({ snapshot, at, live, seconds, actor, result, reason, before }) => [
        snapshot,
        momentText(at),
        `release ${live}`,
        `${seconds.toFixed(1)} s`,
        actor,
        [result, reason?.split("\n")[0], before && `state before: ${before}`].filter(Boolean).join("; "),
      ]),
  ]);
}
