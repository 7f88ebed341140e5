/** What commands print, and where: never a secret that this process knows. */
import { withoutGuarded } from "../redact";

/** Prints a line of the answer. */
export function say(line: string): void {
  process.stdout.write(`${withoutGuarded(line)}\n`);
}

/** Prints a line about the work or a failure. */
export function complain(line: string): void {
  process.stderr.write(`${withoutGuarded(line)}\n`);
}

/** Prints a value as JSON. */
export function sayJson(value: unknown): void {
  say(JSON.stringify(value, null, 2));
}
