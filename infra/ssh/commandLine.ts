import { quote } from "shell-quote";

/** One command line for a remote shell from an argument vector. The only place where arguments are quoted. */
export function commandLine(argv: readonly string[]): string {
  return quote([...argv]);
}
