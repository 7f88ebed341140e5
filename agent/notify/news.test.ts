import { describe, expect, it } from "vitest";
import type { Row } from "../ledger";
import { decide, type Facts, noted } from "./news";
import { KINDS } from "./order";
import { nothingTold, type Told } from "./state";
import type { Trouble } from "./troubles";

const NOON = Date.UTC(2026, 0, 1, 12);
const MINUTE = 60_000;
const all = { on: [...KINDS] };
const iso = (at: number) => new Date(at).toISOString();

const row = (release: number, result: Row["result"], more: Partial<Row> = {}): Row => ({
  release,
  at: iso(NOON - MINUTE),
  actor: "ana",
  sequence: release,
  images: { web: "shop@sha256:a" },
  milliseconds: 9_000,
  result,
  ...more,
});
const facts = (rows: readonly Row[], more: Partial<Facts> = {}): Facts => ({
  apps: [{ app: "shop", rows, serving: 1, addresses: ["https://shop.test"] }],
  now: NOON,
  ...more,
});
const was = (more: Partial<Told> = {}): Told => ({ ...nothingTold(NOON - 60 * MINUTE), ...more });

const down: Trouble = {
  key: "health shop web",
  kind: "health",
  app: "shop",
  title: "shop: web: 0 of 1 run",
  lines: [],
};
const full: Trouble = { key: "disk", kind: "disk", title: "the disk of host-1 is nearly full", lines: [] };
const seen = (troubles: readonly Trouble[], busy: readonly string[] = [], apps: readonly string[] = ["shop"]) => ({
  troubles,
  busy: new Set(busy),
  apps: new Set(apps),
});

describe("releases", () => {
  const told = (known: Told, rows: readonly Row[], on = all.on) =>
    decide({ on }, known, facts(rows)).news.map(({ message: { mood, title } }) => `${mood} ${title}`);

  it("are told once, in their order", () => {
    const rows = [row(1, "live"), row(2, "failed", { step: "health" }), row(3, "live", { rollback: 1 })];
    expect(told(was(), rows)).toEqual([
      "good shop: release 1 is live",
      "bad shop: release 2 failed at «health»",
      "good shop: back to what release 1 was (release 3)",
    ]);
    expect(told(was({ rows: { shop: 2 } }), rows)).toEqual(["good shop: back to what release 1 was (release 3)"]);
    expect(told(was({ rows: { shop: 3 } }), rows)).toEqual([]);
  });

  it("are told only of the kinds that were asked for", () => {
    const rows = [row(1, "live"), row(2, "interrupted")];
    expect(told(was(), rows, ["failure"])).toEqual(["bad shop: release 2 was interrupted"]);
    expect(told(was(), rows, ["release"])).toEqual(["good shop: release 1 is live"]);
    expect(told(was(), rows, ["disk"])).toEqual([]);
  });

  it("from before, or of more than a day ago, are not told; one that was under way then is", () => {
    const since = iso(NOON - 30 * MINUTE);
    const rows = [
      row(1, "live", { at: iso(NOON - 40 * MINUTE) }),
      row(2, "live", { at: iso(NOON - 31 * MINUTE), milliseconds: 2 * MINUTE }),
    ];
    expect(told(was({ since }), rows)).toEqual(["good shop: release 2 is live"]);
    const old = row(1, "live", { at: iso(NOON - 1500 * MINUTE) });
    expect(told(was({ since: iso(0) }), [old])).toEqual([]);
  });

  it("of an app that was made anew are told from the first", () => {
    expect(told(was({ rows: { shop: 7 } }), [row(1, "live")])).toEqual(["good shop: release 1 is live"]);
  });

  it("that a host makes by itself and that fail again as before are told once", () => {
    const tag = { actor: "tag main", step: "pull" };
    const rows = [row(1, "live"), row(2, "failed", tag), row(3, "failed", tag), row(4, "failed", { step: "pull" })];
    expect(told(was({ rows: { shop: 1 } }), rows)).toEqual([
      "bad shop: release 2 failed at «pull»",
      "bad shop: release 4 failed at «pull»",
    ]);
  });

  it("are as good as told where nobody need be; what could not be sent stays to be told", () => {
    const rows = [row(1, "live"), row(2, "failed"), row(3, "live")];
    const { told: after, news } = decide({ on: ["failure"] }, was(), facts(rows));
    expect(after.rows).toEqual({ shop: 1 });
    expect(news.map((one) => noted(after, one).rows)).toEqual([{ shop: 2 }]);
    expect(decide({ on: ["disk"] }, was(), facts(rows)).told.rows).toEqual({ shop: 3 });
  });
});

describe("troubles", () => {
  /** Looks again and again, and tells all there is to. @returns what was told at each look */
  const course = (...looks: readonly [minutes: number, found: ReturnType<typeof seen>][]) => {
    let told = was();
    return looks.map(([minutes, found]) => {
      const decision = decide(all, told, { apps: [], seen: found, now: NOON + minutes * MINUTE });
      told = decision.news.reduce(noted, decision.told);
      return decision.news.map(({ message: { mood, title } }) => `${mood} ${title}`);
    });
  };

  it("are told once, and once more when they are over", () => {
    expect(course([0, seen([full])], [10, seen([full])], [20, seen([])], [30, seen([])])).toEqual([
      ["bad the disk of host-1 is nearly full"],
      [],
      ["good over: the disk of host-1 is nearly full"],
      [],
    ]);
  });

  it("that mend themselves within minutes are nobody's", () => {
    expect(course([0, seen([down])], [4, seen([])], [5, seen([down])], [10, seen([down])])).toEqual([
      [],
      [],
      [],
      ["bad shop: web: 0 of 1 run"],
    ]);
  });

  it("are not judged while a release is under way", () => {
    const looks = course([0, seen([down])], [6, seen([down], ["shop"])], [7, seen([down])], [8, seen([], ["shop"])]);
    expect(looks).toEqual([[], [], ["bad shop: web: 0 of 1 run"], []]);
  });

  it("of an app that is gone are forgotten", () => {
    expect(course([0, seen([down])], [6, seen([down])], [7, seen([], [], [])], [8, seen([])])).toEqual([
      [],
      ["bad shop: web: 0 of 1 run"],
      [],
      [],
    ]);
  });

  it("of which nobody could be told are not over, and are told until somebody is", () => {
    const first = decide(all, was(), { apps: [], seen: seen([full]), now: NOON });
    const again = decide(all, first.told, { apps: [], seen: seen([full]), now: NOON });
    expect(again.news.map(({ what }) => what)).toEqual(["begun"]);
    expect(decide(all, first.told, { apps: [], seen: seen([]), now: NOON }).news).toEqual([]);
    const known = again.news.reduce(noted, again.told);
    const over = decide(all, known, { apps: [], seen: seen([]), now: NOON });
    expect(decide(all, over.told, { apps: [], seen: seen([]), now: NOON }).news).toEqual(over.news);
    expect(over.news.reduce(noted, over.told).troubles).toEqual({});
  });

  it("stay as they are where the host was not looked over", () => {
    const { told } = decide(all, was(), { apps: [], seen: seen([full]), now: NOON });
    expect(decide(all, told, { apps: [], now: NOON })).toEqual({ told, news: [] });
  });
});
