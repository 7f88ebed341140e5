/** An overview as one page of HTML that needs nothing but itself. What comes from hosts is text in it, never markup. */
import { html, raw } from "hono/html";
import { type AppView, type Health, type MachineView, type Overview, problemsOf, type StackView } from "./overview";
import { style } from "./style";
import {
  ageText,
  byText,
  certificateText,
  healthText,
  minuteText,
  NONE,
  sizeText,
  snapshotText,
  takenPercent,
} from "./words";

type Markup = ReturnType<typeof html>;

/** Percent of a room from which on it shows as nearly full. */
const FULL = 90;
/** Days from which on a certificate's end is soon, whatever its authority's ways. */
const SOON = 7;

const MARKS: Readonly<Record<Health, "good" | "warn" | "bad" | "">> = {
  well: "good",
  releasing: "",
  closed: "warn",
  trouble: "warn",
  down: "bad",
  "nothing live": "",
};

/** The page's text. */
export async function pageOf(overview: Overview): Promise<string> {
  const { project, at, stacks } = overview;
  const problems = problemsOf(overview).length;
  return String(
    await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${project}: ${problems === 0 ? "all is well" : counted(problems, "problem")}</title>
<style>${raw(style)}</style>
</head>
<body>
<header>
<h1>${project}</h1>
<p class="head">${mark(problems === 0 ? "good" : "bad", problems === 0 ? "all is well" : counted(problems, "problem"))}
<span class="soft">${counted(stacks.length, "stack")}, as of <time datetime="${at}">${minuteText(at)} UTC</time></span></p>
</header>
<main>
${stacks.length === 0 ? html`<p>This project has no stack yet.</p>` : stacks.map((stack) => stackPart(stack, at))}
</main>
</body>
</html>
`,
  );
}

function stackPart(stack: StackView, now: string): Markup {
  const problems = problemsOf({ project: "", at: now, stacks: [stack] });
  return html`<section>
<div class="head"><h2>${stack.stack}</h2>${stateMark(stack)}</div>
${stack.machine ? machinePart(stack.machine) : ""}
${stack.apps.length > 0 ? appsPart(stack.apps, now) : ""}
${problems.length > 0 ? html`<ul>${problems.map(({ problem }) => html`<li>${problem}</li>`)}</ul>` : ""}
</section>
`;
}

function stateMark({ state, machine }: StackView): Markup {
  if (state === "up")
    return html`<span class="soft">${machine?.name} at ${machine?.address}${
      machine && machine.shared.length > 0 ? `, shared with ${machine.shared.join(", ")}` : ""
    }</span>`;
  return mark(state === "unknown" ? "bad" : "", state === "unknown" ? "no answer" : "not up");
}

function machinePart({ disk, memory }: MachineView): Markup {
  return html`<div class="rooms">${roomPart("Disk", disk)}${roomPart("Memory", memory)}</div>`;
}

function roomPart(label: string, room: MachineView["disk"]): Markup {
  const percent = takenPercent(room);
  return html`<div class="room"><p class="soft">${label} ${percent} % taken, ${sizeText(room.free)} of ${sizeText(room.size)} free</p>
<span><i${percent >= FULL ? raw(' class="full"') : ""} style="width: ${percent}%"></i></span></div>
`;
}

const COLUMNS = ["App", "Live", "Since", "Shipped by", "Health", "Certificate", "Snapshot"];

function appsPart(apps: readonly AppView[], now: string): Markup {
  return html`<table>
<thead><tr>${COLUMNS.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>${apps.map((app) => appRow(app, now))}</tbody>
</table>`;
}

function appRow(app: AppView, now: string): Markup {
  const { since, run } = app;
  const by = byText(app);
  const cells: readonly [string, Markup | string][] = [
    ["Live", app.release === undefined ? NONE : `release ${app.release}`],
    [
      "Since",
      since === undefined
        ? NONE
        : html`<time datetime="${since}">${minuteText(since)} (${ageText(since, now)} ago)</time>`,
    ],
    ["Shipped by", run !== undefined && isWeb(run) ? html`<a href="${run}">${by}</a>` : by],
    ["Health", mark(MARKS[app.health], healthText(app))],
    ["Certificate", certificateMark(app)],
    ["Snapshot", snapshotText(app, now)],
  ];
  return html`<tr><td class="app">${app.app}${app.addresses.map((address) =>
    isWeb(address) ? html`<a href="${address}">${address}</a>` : html`<small>${address}</small>`,
  )}</td>${cells.map(([label, content]) => html`<td${label === "Shipped by" ? raw(' class="by"') : ""} data-label="${label}"><span>${content}</span></td>`)}</tr>
`;
}

function certificateMark(app: AppView): Markup | string {
  if (!app.certificate) return NONE;
  const { days = -1 } = app.certificate;
  return mark(days < 0 ? "bad" : days < SOON ? "warn" : "good", certificateText(app));
}

function mark(kind: "good" | "warn" | "bad" | "", text: string): Markup {
  return html`<span class="mark ${kind}">${text}</span>`;
}

/** Anything else a browser might run. */
function isWeb(address: string): boolean {
  return /^https?:\/\//i.test(address);
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
