/** How `scripts/preview-env` is called; what it does is loaded when it is. */
import { type Command, InvalidArgumentError } from "commander";
import type { PreviewOptions, ReapOptions } from "./previewEnv";

/** What people read who ask for help. */
const previewHelp = `
An environment of a pull request is a stack pr-NUMBER, modelled on another (--on, staging where nothing is said), which says in
slipway:previews what such an environment is like. docs/preview-environments.md tells more.

  scripts/preview-env up 7                 brings it up, or up to date; the last line is its URL
  scripts/preview-env down 7               takes it away with all it had; can be repeated
  scripts/preview-env list                 all there are: URL, age, when each expires, whose, how big
  scripts/preview-env reap                 what may go: expired, closed, orphaned. It only lists
  scripts/preview-env reap --yes           takes it away; what bears no mark of this state is listed, and left

It works on the state that plain pulumi in this checkout works on; with --sandbox, on the sandbox's.`;

/** What the verb does. */
const previews = () => import("./previewEnv");

/** Adds the verb with all its forms. */
export function addPreviewEnv(program: Command): void {
  const previewEnv = program
    .command("preview-env")
    .description("an environment for a pull request")
    .addHelpText("after", previewHelp);
  /** One of its forms, with what all of them are told. */
  const previewVerb = (name: string, description: string) =>
    previewEnv
      .command(name)
      .configureHelp({ commandUsage: (command) => `scripts/preview-env ${command.name()} ${command.usage()}` })
      .description(description)
      .option("--on <stack>", "stack that it is modelled on", "staging")
      .option("--sandbox", "work on the sandbox's state")
      .option("--wait <seconds>", "how long to wait for another run of the same preview", seconds, 900);
  previewVerb("up", "bring a pull request's environment up, or up to date; the last line is its URL")
    .argument("<number>", "of the pull request", pullNumber)
    .option("--json", "print what came of it as JSON")
    .option("--out <file>", "write what came of it there, too, as Markdown for a comment on the pull request")
    .action(async (pull: number, options: PreviewOptions) => (await previews()).previewUp(pull, options));
  previewVerb("down", "take it away with all it had")
    .argument("<number>", "of the pull request", pullNumber)
    .action(async (pull: number, options: PreviewOptions) => (await previews()).previewDown(pull, options));
  previewVerb("list", "show all there are")
    .option("--json", "as JSON")
    .action(async (options: PreviewOptions) => (await previews()).previewList(options));
  previewVerb("reap", "list what may go: expired, closed, orphaned; with --yes, take it away")
    .option("--yes", "take it away")
    .option("--remove <kind/name>", "take away this alone, which bears no mark; as reap lists it", collect, [])
    .option("--repository <owner/name>", "whose pull requests are asked for, with GITHUB_TOKEN; $GITHUB_REPOSITORY")
    .option("--json", "as JSON")
    .action(async (options: ReapOptions) => {
      process.exitCode = await (await previews()).previewReap(options);
    });
}

/** The number of a pull request on the command line. */
function pullNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("expected the number of a pull request, e.g. 7");
}

/** An option that can be given several times. */
function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

/** A time on the command line. */
function seconds(text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("expected seconds, e.g. 60");
}
