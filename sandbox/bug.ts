/** What is told of a mistake of ours: its kind and where it happened. Its message may quote a token or a password, and is left out. */
export function bugText(error: unknown): string {
  if (!(error instanceof Error)) return `a bug: a ${typeof error} was thrown`;
  const { stack = "", message } = error;
  const at = message === "" ? -1 : stack.indexOf(message);
  const frames = stack
    .slice(at < 0 ? 0 : at + message.length)
    .split("\n")
    .filter((line) => /^ {4}at (?:[\w.$<>#[\] ]+ \()?(?:file:\/\/|node:|\/)[\w@./+ -]+:\d+:\d+\)?$/.test(line));
  const code = "code" in error && typeof error.code === "string" && /^\w+$/.test(error.code) ? ` (${error.code})` : "";
  return [`a bug: ${/^\w+$/.test(error.name) ? error.name : "Error"}${code}`, ...frames].join("\n");
}
