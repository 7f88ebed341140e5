import Table from "cli-table3";

/** One figure and what it may be at most. */
export interface Row {
  readonly what: string;
  readonly value: number;
  readonly limit: number;
  /** `×` for a ratio, `MB` for memory. */
  readonly unit: string;
}

/** What a bench found. */
export interface Report {
  readonly rows: readonly Row[];
  /** Every number it was made from, in seconds or MB unless its name says otherwise. */
  readonly raw: Readonly<Record<string, readonly number[]>>;
}

/** Prints a report: a table, the raw numbers, and `NAME: ok` or `NAME: short` with the figures. */
export function printReport(name: string, { rows, raw }: Report): void {
  const table = new Table({ head: ["figure", "is", "may be", ""], style: { head: [], border: [] } });
  for (const row of rows)
    table.push([
      row.what,
      show(row.value, row.unit),
      show(row.limit, row.unit),
      row.value <= row.limit ? "ok" : "short",
    ]);
  const lines = [
    table.toString(),
    ...Object.entries(raw).map(
      ([what, numbers]) => `  ${what}: ${numbers.map((number) => number.toFixed(2)).join(" ")}`,
    ),
    `${name}: ${rows.every((row) => row.value <= row.limit) ? "ok" : "short"} (${rows.map((row) => `${row.what} ${show(row.value, row.unit)}`).join(", ")})`,
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}

/** Middle of `numbers`. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** Seconds that `work` takes, and what it gives. */
export async function timed<T>(work: () => Promise<T>): Promise<{ seconds: number; result: T }> {
  const start = process.hrtime.bigint();
  const result = await work();
  return { seconds: Number(process.hrtime.bigint() - start) / 1e9, result };
}

function show(value: number, unit: string): string {
  return unit === "×" ? `${value.toFixed(2)} ×` : `${value.toFixed(0)} ${unit}`;
}
