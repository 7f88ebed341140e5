import { Command } from "commander";
import { reasonOf } from "../failure";
import { admitted } from "../gate";
import { attend, run } from "../linux/process";
import { appName } from "./arguments";

/** How much of a refused command is written to the journal. */
const SHOWN = 200;

/** `slipway gate`: the forced command of CI's key. */
export function gateCommand(): Command {
  return new Command("gate")
    .description("let an SSH key release these apps and do nothing else; stands in authorized_keys")
    .requiredOption("--apps <names>", "apps that may be released, separated by commas", appNames)
    .action(async ({ apps }: { apps: readonly string[] }) => {
      const asked = process.env.SSH_ORIGINAL_COMMAND;
      process.exitCode = await attend(await passed(asked, apps), process.env as Record<string, string>);
    });
}

async function passed(asked: string | undefined, apps: readonly string[]): Promise<readonly [string, ...string[]]> {
  try {
    return admitted(asked, apps);
  } catch (thrown) {
    const from = process.env.SSH_CONNECTION?.split(" ")[0] ?? "an unknown address";
    const command = (asked ?? "").replace(/\p{Cc}/gu, " ").slice(0, SHOWN);
    // Who is refused is told so even where nothing can be written down.
    await run([
      "logger",
      "--tag",
      "slipway-gate",
      "--priority",
      "auth.warning",
      "--",
      `from ${from}: ${reasonOf(thrown)} [${command}]`,
    ]).catch(() => {});
    throw thrown;
  }
}

function appNames(text: string): readonly string[] {
  return text.split(",").map(appName);
}
