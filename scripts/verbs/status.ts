import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { gather } from "../overview/gather";
import { type Overview, overviewOf, problemsOf } from "../overview/overview";
import { tableText } from "../overview/table";
import { quietToolchain } from "../setup/toolchain";
import { OwnStack } from "../stack/ownStack";
import type { PulumiStack } from "../stack/pulumiStack";
import { currentSlot } from "../stack/slot";
import { projectName } from "../stack/stackFile";
import { Workspace } from "../stack/workspace";

/** What stands on the command line. */
export interface StatusOptions {
  /** File for the page. */
  readonly html?: string;
  readonly json?: boolean;
  /** Whether the sandbox's stacks are meant instead of the team's own. */
  readonly sandbox?: boolean;
  readonly check?: boolean;
}

/** What people read who ask for help. */
export const statusHelp = `
Every stack of this project: what runs where, since when, who shipped it, how it fares, days until the first certificate ends,
how full the disk is, how old the newest dump of the database is. All machines are asked at the same time; one that can't be
reached is told so within seconds.

  ./scripts/status                        the stacks that plain pulumi lists here
  ./scripts/status --html status.html     one page that needs nothing but itself
  ./scripts/status --sandbox              those of the sandbox

It only looks. Exit code: 0; with --check 2 if anything is not as it should be.`;

/** Exit code where something is not as it should be; 1 stands for "could not tell". */
const TROUBLE = 2;

/** Shows all stacks of the project. @returns the exit code */
export async function status({ html, json, sandbox, check }: StatusOptions): Promise<number> {
  const learnt = await gather(await projectOf(sandbox === true));
  const overview = overviewOf(projectName(), learnt, Date.now());
  await show(overview, { html, json });
  return check && problemsOf(overview).length > 0 ? TROUBLE : 0;
}

async function show(
  overview: Overview,
  { html, json }: { html?: string | undefined; json?: boolean | undefined },
): Promise<void> {
  if (html !== undefined) {
    const { pageOf } = await import("../overview/page");
    writeFileSync(resolve(html), await pageOf(overview));
    process.stderr.write(`The page is ${resolve(html)}\n`);
  }
  if (json) process.stdout.write(`${JSON.stringify(overview, null, 2)}\n`);
  else if (html === undefined) for (const line of tableText(overview)) process.stdout.write(`${line}\n`);
}

/** Any stack will do: what is asked concerns them all. */
async function projectOf(sandbox: boolean): Promise<PulumiStack> {
  return sandbox ? new Workspace("dev", currentSlot(process.env), await quietToolchain()) : OwnStack.project();
}
