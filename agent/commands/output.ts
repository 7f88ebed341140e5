/** What commands print, and where: no line with a secret that this process knows, or with more for a terminal than text and colours. */
import { plain } from "../plain";
import { withoutGuarded } from "../redact";

/** Prints a line of the answer. */
export function say(line: string): void {
  process.stdout.write(`${plain(withoutGuarded(line))}\n`);
}

/** Prints a line about the work or a failure. */
export function complain(line: string): void {
  process.stderr.write(`${plain(withoutGuarded(line))}\n`);
}

/** Prints a value as JSON, which programs read: a name in it that some password is, too, must stay what it is. */
export function sayJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}
