/** The verbs behind the files in scripts/. */
import { Argument, Command } from "commander";
import { execa } from "execa";
import { quote } from "shell-quote";
import { bugText } from "../../agent/bug";
import { redact } from "../lib/redact";
import { UserError } from "../lib/userError";
import { checkout } from "../setup/cache";
import { ensureToolchain } from "../setup/toolchain";
import { currentSlot } from "../stack/slot";
import { Workspace } from "../stack/workspace";
import type { CommentOptions } from "./comment";
import { down } from "./down";
import { drift } from "./drift";
import { deployHelp, planHelp } from "./help";
import type { PlanOptions } from "./plan";
import { addPreviewEnv } from "./previewForms";
import { type RehearseOptions, rehearse, rehearseHelp } from "./rehearse";
import { slipway, slipwayHelp } from "./slipway";
import { type StatusOptions, status, statusHelp } from "./status";
import { test } from "./test";
import { unlock } from "./unlock";
import { up } from "./up";

const program = new Command("slipway")
  .description("Verbs of a Slipway checkout")
  .showHelpAfterError()
  .enablePositionalOptions();

program
  .command("toolchain")
  .description("set up what Slipway runs with")
  .action(async () => void (await ensureToolchain()));
program
  .command("up")
  .description("bring up a stack in the sandbox")
  .argument("[stack]", "name of the stack", "dev")
  .action(up);
program
  .command("down")
  .description("destroy a stack in the sandbox")
  .argument("[stack]", "name of the stack", "dev")
  .action(down);
program
  .command("test")
  .description("run every test")
  .argument("[projects...]", "unit, clock (unit, 12 years ahead), clock-YEARS, e2e", ["unit", "clock", "e2e"])
  .action(async (projects: string[]) => {
    process.exitCode = await test(projects);
  });
program
  .command("check")
  .configureHelp({ commandUsage: () => "./scripts/check [--workflows]" })
  .description("types, lint, the fast tests and the workflows: what needs neither a container engine nor an account")
  .option("--workflows", "only the workflows")
  .action(async ({ workflows }: { workflows?: boolean }) => {
    const { check, lintWorkflows } = await import("./check");
    process.exitCode = await (workflows ? lintWorkflows() : check());
  });
program
  .command("pulumi")
  .description("run Pulumi on a sandbox stack")
  .option("--stack <name>", "name of the stack", "dev")
  .argument("<verb>", "a verb of Pulumi's")
  .allowUnknownOption()
  .argument("[args...]", "its arguments")
  .action(async (verb: string, args: string[], { stack }: { stack: string }) => {
    const workspace = new Workspace(stack, currentSlot(process.env), await ensureToolchain());
    const result = await execa("pulumi", workspace.withStack([verb, ...args]), {
      ...workspace.options(),
      reject: false,
      stdio: "inherit",
    });
    process.exitCode = result.exitCode ?? 1;
  });

program
  .command("slipway")
  .configureHelp({ commandUsage: () => "./scripts/slipway [--stack STACK] VERB [ARGUMENTS]" })
  .option("--stack <name>", "name of the stack", "dev")
  .argument("[verb]", "a verb of the release engine's")
  .argument("[args...]", "its arguments")
  .passThroughOptions()
  .addHelpText("after", slipwayHelp)
  .action(async (verb: string | undefined, args: string[], { stack }: { stack: string }, command: Command) => {
    if (verb === undefined) command.outputHelp();
    else process.exitCode = await slipway(stack, [verb, ...args]);
  });

program
  .command("drift")
  .configureHelp({ commandUsage: () => "./scripts/drift [STACK] [--json]" })
  .description("compare a stack's host with what the stack said of it: releases, images, processes, addresses, edge")
  .argument("[stack]", "name of the stack", "dev")
  .option("--json", "print the differences as JSON")
  .addHelpText(
    "after",
    "\nIt only looks. Exit code: 0 if nothing differs, 2 if something does, 1 if it could not tell.",
  )
  .action(async (stack: string, options: { json?: boolean }) => {
    process.exitCode = await drift(stack, options);
  });

program
  .command("status")
  .configureHelp({ commandUsage: () => "./scripts/status [--html FILE] [--json] [--sandbox] [--check]" })
  .description("show every stack of the project and how its machine fares")
  .option("--html <file>", "write it as a page of HTML")
  .option("--json", "print it as JSON")
  .option("--sandbox", "the stacks of the sandbox instead of the team's own")
  .option("--check", "end with exit code 2 if anything is not as it should be")
  .addHelpText("after", statusHelp)
  .action(async (options: StatusOptions) => {
    process.exitCode = await status(options);
  });

program
  .command("unlock")
  .configureHelp({ commandUsage: () => "./scripts/unlock STACK [--yes]" })
  .description("say who holds the lock of a stack, and open it if nobody can be holding it any more")
  .argument("<stack>", "name of the stack")
  .option("--yes", "the run on another computer is over")
  .option("--sandbox", "on the sandbox's own state")
  .addHelpText("after", "\nExit code: 0 if the stack can be worked on, 1 if its lock stays.")
  .action(async (stack: string, options: { yes?: boolean; sandbox?: boolean }) => {
    process.exitCode = await unlock(stack, options);
  });

program
  .command("object-store")
  .configureHelp({ commandUsage: () => "./scripts/object-store [start|stop|env]" })
  .description("a real S3 server in the sandbox, to keep stacks' state in")
  .addArgument(new Argument("[verb]").choices(["start", "stop", "env"]).default("start"))
  .action(async (verb: "start" | "stop" | "env") => {
    const { objectStore } = await import("./objectStore");
    await objectStore(verb);
  });

program
  .command("rehearse")
  .configureHelp({ commandUsage: () => "./scripts/rehearse STACK [--keep]" })
  .description("run a stack's real settings through a sandbox of its own")
  .argument("<stack>", "name of the stack")
  .option("--keep", "leave it up afterwards")
  .option("--down", "take away a rehearsal that was left up")
  .option(
    "--value <KEY=VALUE>",
    "what stands for a secret; can be repeated",
    (text, all: string[]) => [...all, text],
    [],
  )
  .option("--own-secrets", "use the stack's own secrets where PULUMI_CONFIG_PASSPHRASE opens them")
  .addHelpText("after", rehearseHelp)
  .action(async (stack: string, options: RehearseOptions) => {
    process.exitCode = await rehearse(stack, options);
  });

addPreviewEnv(program);

program
  .command("ci-secrets")
  .configureHelp({ commandUsage: () => "./scripts/ci-secrets STACK" })
  .description("take over from the environment what CI needs to run Pulumi, encrypted, into a stack's settings")
  .argument("<stack>", "name of the stack")
  .addHelpText(
    "after",
    "\nIt prints names, never values. The next pulumi up brings them to GitHub; see docs/github.md.",
  )
  .action(async (stack: string) => {
    const { ciSecrets } = await import("./ciSecrets");
    await ciSecrets(stack);
  });

program
  .command("plan")
  .configureHelp({
    commandUsage: () => "./scripts/plan STACK [--json] [--out FILE] [--strict] [--sandbox|--from-nothing]",
  })
  .description("tell what bringing a stack up would do: in words, in dollars a month, and as a picture")
  .argument("<stack>", "name of the stack")
  .option("--json", "as JSON instead of Markdown")
  .option("--out <file>", "file to write to, instead of standard output")
  .option("--strict", "fail if a machine or anybody's data would be replaced or deleted")
  .option("--sandbox", "on the sandbox's state instead of the team's own")
  .option(
    "--from-nothing",
    "as if the stack weren't there, with placeholders for its secrets: needs neither state nor passphrase",
  )
  .addHelpText("after", planHelp)
  .action(async (stack: string, options: PlanOptions) => {
    const { plan } = await import("./plan");
    process.exitCode = await plan(stack, options);
  });

program
  .command("comment")
  .configureHelp({
    commandUsage: () => "./scripts/comment PULL --file FILE [--repository OWNER/NAME] [--marker ID]",
  })
  .description("put a text on a pull request as one comment, which later runs change in place")
  .argument("<pull>", "number of the pull request")
  .requiredOption("--file <file>", "the text, as Markdown")
  .option("--repository <owner/name>", "where the pull request is; GITHUB_REPOSITORY if left out")
  .option("--marker <id>", "which of our comments it is", "plan")
  .addHelpText("after", "\nThe token is GITHUB_TOKEN or GH_TOKEN; GITHUB_API_URL is another address than GitHub's own.")
  .action(async (pull: string, options: CommentOptions) => {
    const { comment } = await import("./comment");
    await comment(pull, options);
  });

program
  .command("deploy")
  .configureHelp({ commandUsage: () => "./scripts/deploy STACK [--sandbox]" })
  .description("bring a stack up on the team's own state, as CI does")
  .argument("<stack>", "name of the stack")
  .option("--sandbox", "on the sandbox's state instead of the team's own")
  .addHelpText("after", deployHelp)
  .action(async (stack: string, options: { sandbox?: boolean }) => {
    const { deploy } = await import("./deploy");
    await deploy(stack, options);
  });

program
  .command("env")
  .description("print what a shell needs to run plain Pulumi on the sandbox's stacks")
  .argument("[stack]", "name of the stack", "dev")
  .option("--json", "as JSON instead of lines for a shell")
  .action(async (stack: string, { json }: { json?: boolean }) => {
    const { env } = new Workspace(stack, currentSlot(process.env), await ensureToolchain()).options();
    const all = { ...env, SLIPWAY_ROOT: checkout() };
    process.stdout.write(
      json
        ? `${JSON.stringify(all)}\n`
        : Object.entries(all)
            .map(([name, value]) => `export ${name}=${quote([value])}\n`)
            .join(""),
    );
  });

program.parseAsync().catch((error: unknown) => {
  // A person's mistake is told in one line; anything else is a bug and shows where it happened.
  const told = error instanceof UserError ? error.message : bugText(error);
  process.stderr.write(`slipway: ${redact(told, process.env)}\n`);
  process.exitCode = 1;
});
