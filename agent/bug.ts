/**
 * What is told of an error that nobody has foreseen: its kind and where it happened. Its message may quote whatever was being worked on, a
 * secret too, and is left out.
 */
export function bugText(thrown: unknown): string {
  if (!(thrown instanceof Error)) return `a bug: a ${typeof thrown} was thrown`;
  const cause = thrown.cause === undefined ? "" : `\n  because of ${bugText(thrown.cause).replace(/^a bug: /, "")}`;
  return `a bug: ${[kindOf(thrown), ...framesOf(thrown)].join("\n")}${cause}`;
}

/** Its class, and what Node, the system or an ended program says by a code. */
function kindOf(error: Error): string {
  const { code, syscall, exitCode } = error as { code?: unknown; syscall?: unknown; exitCode?: unknown };
  const said = [
    ...[code, syscall].filter((word) => typeof word === "string" && /^\w{2,40}$/.test(word)),
    ...(typeof exitCode === "number" ? [`exit code ${exitCode}`] : []),
  ];
  const name = /^\w{1,60}$/.test(error.name) ? error.name : "Error";
  return said.length > 0 ? `${name} (${said.join(", ")})` : name;
}

/** A line of a stack trace that names a place in a file and nothing else. */
const FRAME =
  /^ {4}at (?:(?:async |new )?[\w.$<>#]+(?: \[as [\w.$]+\])? \()?(?:file:\/\/|node:|\/)[\w@./+ -]+:\d+:\d+\)?$/;

function framesOf({ stack = "", message }: Error): string[] {
  // Only the trace's end is the engine's own words: a message may have lines that look like a trace.
  const at = message === "" ? -1 : stack.indexOf(message);
  return stack
    .slice(at < 0 ? 0 : at + message.length)
    .split("\n")
    .filter((line) => FRAME.test(line));
}
