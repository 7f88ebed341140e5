/** An overview as a table for a terminal. */
import Table from "cli-table3";
import { type MachineView, type Overview, problemsOf, type StackView } from "./overview";
import { ageText, byText, certificateText, healthText, NONE, snapshotText, takenPercent } from "./words";

const HEAD = ["stack", "machine", "app", "live", "since", "by", "health", "cert", "snapshot"];

/** Lines to print: a row for each app, and what is not as it should be. */
export function tableText(overview: Overview): readonly string[] {
  if (overview.stacks.length === 0) return [`project ${overview.project} has no stack yet`];
  const table = new Table({ head: HEAD, style: { head: [], border: [], compact: true } });
  for (const stack of overview.stacks) table.push(...rowsOf(stack, overview.at));
  return [table.toString(), ...problemsOf(overview).map(({ stack, problem }) => `! ${stack}: ${problem}`)];
}

function rowsOf(stack: StackView, now: string): string[][] {
  const rows = stack.apps.map((app) => [
    app.app,
    app.release === undefined ? NONE : `release ${app.release}`,
    app.since === undefined ? NONE : ageText(app.since, now),
    byText(app),
    healthText(app),
    certificateText(app),
    snapshotText(app, now),
  ]);
  const first = stack.machine ? machineText(stack.machine) : stack.state === "unknown" ? "no answer" : "not up";
  return (rows.length > 0 ? rows : [HEAD.slice(2).map(() => NONE)]).map((cells, index) => [
    index === 0 ? stack.stack : "",
    index === 0 ? first : "",
    ...cells,
  ]);
}

function machineText({ address, disk, memory, shared }: MachineView): string {
  return [
    address,
    `disk ${takenPercent(disk)} %, memory ${takenPercent(memory)} %`,
    ...(shared.length > 0 ? [`shared with ${shared.map((stack) => stack.split("/").at(-1)).join(", ")}`] : []),
  ].join("\n");
}
