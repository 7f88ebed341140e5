/** What local and remote commands have in common. */
import type { Properties } from "../wire";

/** Variables that give a command what it printed the last time. */
export function previousOutput(settings: Properties): Record<string, string> {
  if (settings.addPreviousOutputInEnv === false) return {};
  return {
    ...(settings.stdout ? { PULUMI_COMMAND_STDOUT: String(settings.stdout) } : {}),
    ...(settings.stderr ? { PULUMI_COMMAND_STDERR: String(settings.stderr) } : {}),
  };
}

/** `text` in double quotes on one line. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}
