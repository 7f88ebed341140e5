/** A plan as Markdown, for a comment on a pull request or for the page of a run. */
import { costText, dollars } from "./cost";
import { changesNothing, type Plan } from "./plan";

/** Lines of one part that are written out; more of them say nothing more. */
const mostLines = 25;

/** What the prices leave out. */
const priceNote =
  "Prices are those of the clouds' own lists, in US dollars, without traffic, snapshots, registry and taxes.";

/** @see the file's head */
export function planMarkdown(plan: Plan): string {
  const blocks = plan.errors.length > 0 ? failure(plan) : contents(plan);
  return `${[`## Plan of stack \`${plan.stack}\``, ...blocks].join("\n\n")}\n`;
}

function failure({ errors, violations }: Plan): string[] {
  return [
    "> [!CAUTION]\n> There is no plan: bringing this stack up would fail, and nothing would be changed.",
    ...violationBlocks(violations),
    ...errors.map(fenced),
  ];
}

function contents(plan: Plan): string[] {
  const { notes, dangers, violations, warnings, parts, graph, cost } = plan;
  return [
    ...alert("NOTE", notes),
    ...alert("CAUTION", [
      ...dangers.data,
      ...violations.flatMap(({ policy, isMandatory }) => (isMandatory ? [`the policy \`${policy}\` refuses it`] : [])),
    ]),
    ...alert("WARNING", dangers.rest),
    `**${summary(plan)}** Cost: ${costText(cost)}.`,
    ...violationBlocks(violations),
    ...parts.map(({ title, lines }) => [`### ${title}`, ...bullets(lines)].join("\n")),
    ...(warnings.length > 0 ? [`### Warnings of Pulumi's\n${warnings.map(fenced).join("\n")}`] : []),
    ...(graph === undefined ? [] : [details("What stands on what", `\`\`\`mermaid\n${graph}\n\`\`\``)]),
    ...(cost.rows.length === 0 ? [] : [details("Cost per month", costTable(cost))]),
  ];
}

/** `2 new, 1 changed; 26 stay as they are.` */
function summary(plan: Plan): string {
  const { create, update, replace, delete: deleted, same } = plan.counts;
  if (changesNothing(plan)) return "Nothing changes.";
  const counted = (
    [
      [deleted, "deleted"],
      [replace, "replaced"],
      [create, "new"],
      [update, "changed"],
    ] as const
  ).flatMap(([count, word]) => (count > 0 ? [`${count} ${word}`] : []));
  const rest = same === 0 ? "" : `; ${same} ${same === 1 ? "stays as it is" : "stay as they are"}`;
  return `${counted.join(", ")}${rest}.`;
}

function alert(kind: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [[`> [!${kind}]`, ...bullets(lines).map((line) => `> ${line}`)].join("\n")];
}

function violationBlocks(violations: Plan["violations"]): string[] {
  if (violations.length === 0) return [];
  const blocks = violations.map(
    ({ policy, message, isMandatory }) =>
      `${isMandatory ? "**Refused**" : "Advice"} by \`${policy}\`:\n\n${fenced(message)}`,
  );
  return ["### Policies", ...blocks];
}

function bullets(lines: readonly string[]): string[] {
  const rest = lines.length - mostLines;
  return [...lines.slice(0, mostLines).map((line) => `- ${line}`), ...(rest > 0 ? [`- … and ${rest} more`] : [])];
}

function details(title: string, body: string): string {
  return `<details><summary>${title}</summary>\n\n${body}\n\n</details>`;
}

function costTable({ rows, before, after, isPartial }: Plan["cost"]): string {
  const cells = rows.map((row) => `| ${row.what} | ${dollars(row.before)} | ${dollars(row.after)} |`);
  const total = `| **${isPartial ? "at least" : "in all"}** | **${dollars(before)}** | **${dollars(after)}** |`;
  return ["| | before | after |", "|---|---:|---:|", ...cells, total, "", priceNote].join("\n");
}

/** Text of a program's as it is; a fence longer than any in it keeps it together. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([marks]) => marks.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}text\n${text.trim()}\n${fence}`;
}
