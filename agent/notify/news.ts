/** What to tell whom: decided in plain data from what a host is like, what it was like, and what was told already. */
import type { Row } from "../ledger";
import { sameJson } from "../record";
import { type Message, overMessage, releaseMessage, troubleMessage } from "./message";
import type { Kind, Order } from "./order";
import type { Told } from "./state";
import type { Trouble } from "./troubles";

/** One thing to tell, and what it is noted by once it was told. */
export type News =
  | { readonly what: "row"; readonly app: string; readonly release: number; readonly message: Message }
  | { readonly what: "begun" | "over"; readonly key: string; readonly message: Message };

/** What is known of an app for this. */
export interface AppHistory {
  readonly app: string;
  /** Oldest first. */
  readonly rows: readonly Row[];
  /** Release that serves now. */
  readonly serving?: number | undefined;
  readonly addresses: readonly string[];
}

/** What the host is like. */
export interface Facts {
  /** Of the stack's own apps. */
  readonly apps: readonly AppHistory[];
  /** None where the host was not looked over this time. */
  readonly seen?: Seen | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What a look at the whole host has shown. */
export interface Seen {
  readonly troubles: readonly Trouble[];
  /** Every app of the host; what was wrong with one that is gone is nobody's trouble any more. */
  readonly apps: ReadonlySet<string>;
  /** Those whose state can't be judged at this moment, e.g. during a release. */
  readonly busy: ReadonlySet<string>;
}

/** Milliseconds after which what happened isn't told any more. */
const STALE = 86_400_000;
/** Milliseconds a trouble lasts before it is told: what mends itself within that is nobody's trouble. */
const PATIENCE: Readonly<Record<Kind, number>> = {
  release: 0,
  failure: 15 * 60_000,
  certificate: 15 * 60_000,
  disk: 0,
  health: 5 * 60_000,
  snapshot: 0,
};

/** What there is to tell, and what is known from now on where nobody need be told. */
export interface Decision {
  readonly told: Told;
  readonly news: readonly News[];
}

/** Decides for one way of telling. */
export function decide({ on }: Pick<Order, "on">, before: Told, facts: Facts): Decision {
  const rows = facts.apps.map((app) => rowNews(on, before, app, facts.now));
  const told = { ...before, rows: Object.fromEntries(rows.map(({ app, done }) => [app, done])) };
  const news = rows.flatMap((one) => one.news);
  if (!facts.seen) return { told, news };
  const { troubles, lasting } = troubleNews(before, facts.seen, facts.now);
  return { told: { ...told, troubles }, news: [...news, ...lasting] };
}

/** What was told, once one thing more is. */
export function noted(told: Told, news: News): Told {
  switch (news.what) {
    case "row":
      return { ...told, rows: { ...told.rows, [news.app]: news.release } };
    case "begun": {
      const trouble = told.troubles[news.key];
      return trouble ? { ...told, troubles: { ...told.troubles, [news.key]: { ...trouble, told: true } } } : told;
    }
    case "over": {
      const { [news.key]: _over, ...troubles } = told.troubles;
      return { ...told, troubles };
    }
    default:
      return news satisfies never;
  }
}

/** `done`: the row before the first that is to be told, or the last one. */
function rowNews(on: Order["on"], before: Told, history: AppHistory, now: number) {
  const { app, rows } = history;
  const newest = rows.at(-1)?.release ?? 0;
  // An app that was removed and made anew counts its releases from 1 again.
  const last = before.rows[app] ?? 0;
  const since = last > newest ? 0 : last;
  const from = Math.max(pastOr(before.since, 0, now), now - STALE);
  const news = rows.flatMap((row, index): News[] => {
    if (row.release <= since || endOf(row) < from) return [];
    if (!on.includes(row.result === "live" ? "release" : "failure") || isRepeated(row, rows[index - 1])) return [];
    return [{ what: "row", app, release: row.release, message: releaseMessage(history, row) }];
  });
  const first = news[0];
  return { app, news, done: first?.what === "row" ? first.release - 1 : newest };
}

/** A moment that was noted, unless it is none or still to come: then the clock was wrong when it was noted. */
function pastOr(at: string, instead: number, now: number): number {
  const moment = Date.parse(at);
  return moment <= now ? moment : instead;
}

function endOf({ at, milliseconds = 0 }: Row): number {
  return Date.parse(at) + milliseconds;
}

/** A host that follows a tag tries again what has failed; once is enough to hear of it. */
function isRepeated(row: Row, before: Row | undefined): boolean {
  return (
    row.result === "failed" &&
    before?.result === "failed" &&
    row.actor === before.actor &&
    row.step === before.step &&
    row.actor.startsWith("tag ") &&
    sameJson(row.images, before.images)
  );
}

function troubleNews(before: Told, { troubles: found, apps, busy }: Seen, now: number) {
  const isSkipped = ({ app }: { readonly app?: string | undefined }) => app !== undefined && busy.has(app);
  const isGone = ({ app }: { readonly app?: string | undefined }) => app !== undefined && !apps.has(app);
  const current = found.filter((trouble) => !isSkipped(trouble));
  const lasting: News[] = [];
  const troubles: Record<string, Told["troubles"][string]> = {};
  for (const trouble of current) {
    const { key, kind, urgent, app, title } = trouble;
    const known = before.troubles[key];
    const since = new Date(known ? pastOr(known.since, now, now) : now).toISOString();
    troubles[key] = { kind, ...(app !== undefined && { app }), title, since, told: known?.told ?? false };
    if (!known?.told && (urgent || now - Date.parse(since) >= PATIENCE[kind]))
      lasting.push({ what: "begun", key, message: troubleMessage(trouble, since) });
  }
  for (const [key, known] of Object.entries(before.troubles)) {
    if (key in troubles || isGone(known) || (!known.told && !isSkipped(known))) continue;
    // Noted as over once it is told.
    troubles[key] = known;
    if (!isSkipped(known)) lasting.push({ what: "over", key, message: overMessage(known, now) });
  }
  return { troubles, lasting };
}
