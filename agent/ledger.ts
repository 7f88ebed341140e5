/** The ledger: one row per release that was ever tried on this host. Append-only, JSON lines, never a secret. */
import * as z from "zod";
import type { Files } from "./host";
import { Origin, ReleaseNumber } from "./manifest";
import { wake } from "./notify/wake";
import { appPaths } from "./paths";
import { jsonOf } from "./stored";

/** A row of the ledger. */
export const Row = z.object({
  release: ReleaseNumber,
  /** ISO 8601, when the release began. */
  at: z.string(),
  ...Origin.shape,
  /** Image of each process, by digest. */
  images: z.record(z.string(), z.string()),
  /** From the start of the release to its end, in milliseconds; unknown after an interruption. */
  milliseconds: z.number().optional(),
  result: z.enum(["live", "failed", "interrupted"]),
  /** Step that failed. */
  step: z.string().optional(),
  reason: z.string().optional(),
});
/** @see Row */
export type Row = z.infer<typeof Row>;

/** All rows, oldest first. A last line that a power cut tore off is left out. */
export async function readLedger(files: Files, app: string): Promise<readonly Row[]> {
  const text = (await files.read(appPaths(app).ledger)) ?? "";
  return text.split("\n").flatMap((line) => {
    const row = Row.safeParse(jsonOf(line));
    return row.success ? [row.data] : [];
  });
}

/** Adds a row, and has those told who want to know. */
export async function writeRow(files: Files, app: string, row: Row): Promise<void> {
  const path = appPaths(app).ledger;
  const before = (await files.read(path)) ?? "";
  const mend = before === "" || before.endsWith("\n") ? "" : "\n";
  await files.append(path, `${mend}${JSON.stringify(row)}\n`);
  await wake(files);
}
