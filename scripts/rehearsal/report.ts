/** The short report of a rehearsal: what was done, how it went, and what was the sandbox's. */
import Table from "cli-table3";
import type { Replacement } from "./derive";

/** One step. */
export interface Step {
  readonly name: string;
  /** What came of it, or what was wrong. */
  readonly result: string;
  /** `skipped`: an earlier step has to succeed first. */
  readonly outcome: "good" | "bad" | "skipped";
  readonly seconds: number;
}

/** Runs and keeps the steps of a rehearsal. */
export class Steps {
  readonly all: Step[] = [];

  /** Whether nothing went wrong so far. */
  get areGood(): boolean {
    return this.all.every(({ outcome }) => outcome === "good");
  }

  /** Does a step; what it throws is its bad result. @returns whether it went well */
  async do(name: string, work: () => Promise<string>): Promise<boolean> {
    const started = Date.now();
    const keep = (result: string, outcome: Step["outcome"]) => {
      this.all.push({ name, result, outcome, seconds: (Date.now() - started) / 1000 });
      process.stderr.write(`${outcome === "good" ? "✓" : "✗"} ${name}: ${result}\n`);
    };
    try {
      keep(await work(), "good");
      return true;
    } catch (error) {
      keep((error as Error).message, "bad");
      return false;
    }
  }

  /** Notes that a step was left out. */
  skip(name: string, why: string): void {
    this.all.push({ name, result: why, outcome: "skipped", seconds: 0 });
  }
}

const MARKS: Readonly<Record<Step["outcome"], string>> = { good: "✓", bad: "✗", skipped: "-" };
/** Characters of a table's widest column. */
const WIDTH = 84;

/** Both tables. */
export function reportText(steps: readonly Step[], replaced: readonly Replacement[]): string {
  return [
    table(
      ["", "step", "result", "seconds"],
      [2],
      steps.map(({ name, result, outcome, seconds }) => [
        MARKS[outcome],
        name,
        result,
        outcome === "skipped" ? "" : seconds.toFixed(1),
      ]),
    ),
    table(
      ["the stack's", "in the rehearsal"],
      [0, 1],
      replaced.map(({ setting, now }) => [setting, now]),
    ),
  ].join("\n");
}

function table(head: readonly string[], wide: readonly number[], rows: readonly (readonly string[])[]): string {
  const made = new Table({ head: [...head], style: { head: [], border: [] }, wordWrap: true });
  for (const row of rows)
    made.push(row.map((cell, column) => (wide.includes(column) ? folded(cell, WIDTH / wide.length) : cell)));
  return made.toString();
}

/** `text` in lines of at most `width` characters, cut between words where there is one. */
function folded(text: string, width: number): string {
  return text
    .split("\n")
    .flatMap((line) => line.match(new RegExp(`\\S.{0,${width - 2}}(?=\\s|$)|\\S{${width}}`, "g")) ?? [line])
    .join("\n");
}
