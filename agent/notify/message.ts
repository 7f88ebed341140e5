/** What people are told, in words: a title, some lines, and how it is to be taken. */
import type { Row } from "../ledger";
import { agoText, commitText, cut, momentText } from "../words";
import type { AppHistory } from "./news";
import type { Kind } from "./order";
import type { Trouble } from "./troubles";

/** See the file's head. */
export interface Message {
  readonly mood: "good" | "bad";
  readonly title: string;
  readonly lines: readonly string[];
}

/** Characters of a reason; all of it is on the host. */
const LONGEST = 1_000;

/** Tells how a release ended. */
export function releaseMessage({ app, serving, addresses }: Omit<AppHistory, "rows">, row: Row): Message {
  const by = `By ${row.actor}${row.commit === undefined ? "" : `, commit ${commitText(row.commit)}`}, ${momentText(row.at)} UTC`;
  const run = row.run === undefined ? [] : [row.run];
  if (row.result === "live") {
    const took = row.milliseconds === undefined ? "" : `, after ${(row.milliseconds / 1000).toFixed(1)} s`;
    return { mood: "good", title: liveTitle(app, row), lines: [`${by}${took}`, ...run, ...addresses] };
  }
  const how = row.result === "failed" ? "failed" : "was interrupted";
  const state = serving === undefined ? `Nothing of ${app} is live.` : `Release ${serving} serves.`;
  return {
    mood: "bad",
    title: `${app}: release ${row.release} ${how}${row.step === undefined ? "" : ` at «${row.step}»`}`,
    lines: [
      ...(row.reason === undefined ? [] : [cut(row.reason, LONGEST)]),
      by,
      ...run,
      state,
      `All it printed: sudo slipway releases ${app} ${row.release}`,
    ],
  };
}

function liveTitle(app: string, { release, rollback }: Row): string {
  return rollback === undefined
    ? `${app}: release ${release} is live`
    : `${app}: back to what release ${rollback} was (release ${release})`;
}

/** Tells that something is wrong. @param since ISO 8601 */
export function troubleMessage({ title, lines }: Trouble, since: string): Message {
  return { mood: "bad", title, lines: [...lines, `Seen first ${momentText(since)} UTC`] };
}

/** Tells that it isn't any more. @param now milliseconds since 1970 */
export function overMessage(
  { title, since }: { readonly kind: Kind; title: string; since: string },
  now: number,
): Message {
  return { mood: "good", title: `over: ${title}`, lines: [`It began ${agoText(Date.parse(since), now)}.`] };
}

/** What someone sends to see whether it arrives. @param name what the machine calls itself @param actor who asks */
export function testMessage(name: string, actor: string): Message {
  return { mood: "good", title: "a test, and it arrived", lines: [`Sent from ${name} at the wish of ${actor}.`] };
}

/** As Slack and what speaks like it take it: marks of their own in a text are none. */
export function slackText({ mood, title, lines }: Message, stack: string): string {
  const plain = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const head = `${mood === "good" ? "✅" : "❌"} *${plain(title).replaceAll("*", "∗")}* (${plain(stack)})`;
  return [head, ...lines.map(plain)].join("\n");
}

/** As a mail: its subject and its text. */
export function mailText(
  { title, lines }: Message,
  stack: string,
  name: string,
): { readonly subject: string; readonly text: string } {
  const footer = `-- \nSlipway, stack ${stack} on ${name}. slipway:notify in its settings says who gets this.`;
  return { subject: `[${stack}] ${title}`, text: `${[title, "", ...lines, "", footer].join("\n")}\n` };
}
