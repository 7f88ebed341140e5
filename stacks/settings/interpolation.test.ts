import { expect, it } from "vitest";
import { Interpolation } from "./interpolation";
import type { Mistake } from "./mistakes";

const variables = {
  env: { LEVEL: "info", EMPTY: "", OTHER: "x" },
  secrets: ["KEY"],
  unknown: ["DATABASE_URL"],
};

function fill(text: string): { readonly text: string; readonly whats: readonly string[] } {
  const mistakes: Mistake[] = [];
  const filled = new Interpolation("web", variables, mistakes).in(text, ["key"]);
  expect(mistakes.every(({ path }) => path === "web.key")).toBe(true);
  return { text: filled, whats: mistakes.map(({ what }) => what) };
}

// What docker-compose itself makes of each, with the same variables set and NONE unset.
it.each([
  ["plain", "plain"],
  ["$LEVEL", "info"],
  ["$LEVEL-$OTHER.", "info-x."],
  ["${LEVEL}", "info"],
  ["${EMPTY}", ""],
  ["${LEVEL:-d}", "info"],
  ["${LEVEL-d}", "info"],
  ["${EMPTY:-d}", "d"],
  ["${EMPTY-d}", ""],
  ["${NONE:-d}", "d"],
  ["${NONE-d}", "d"],
  ["${NONE-}", ""],
  ["${LEVEL:+set}", "set"],
  ["${LEVEL+set}", "set"],
  ["${EMPTY:+set}", ""],
  ["${EMPTY+set}", "set"],
  ["${NONE:+set}", ""],
  ["${NONE+set}", ""],
  ["${LEVEL:?why}", "info"],
  ["${EMPTY?why}", ""],
  ["${NONE:-${LEVEL}}", "info"],
  ["${NONE:-${NONE-${EMPTY:-deep}}}/end", "deep/end"],
  ["${LEVEL:+${OTHER}}:/host", "x:/host"],
  ["${NONE:-a}${NONE:-b}", "ab"],
  ["${NONE:--1}", "-1"],
  ["${NONE:-a:b}", "a:b"],
  ["$$LEVEL", "$LEVEL"],
  ["$${LEVEL}", "${LEVEL}"],
  ["$$$LEVEL", "$info"],
  ["${HTTP_PROXY:-}${DOCKER_TAG:-main}", "main"],
  ["costs $5 and $", "costs $5 and $"],
])("%s becomes %s", (text, filled) => {
  expect(fill(text)).toEqual({ text: filled, whats: [] });
});

it.each([
  ["${NONE}", "${NONE} has no value"],
  ["$NONE", "${NONE} has no value"],
  ["${NONE:?where people find it}", "${NONE} has no value: where people find it"],
  ["${EMPTY:?}", "${EMPTY} has no value"],
  ["${NONE?}", "${NONE} has no value"],
  ["${NONE:-${NEITHER}}", "${NEITHER} has no value"],
  ["${KEY}", "${KEY} would put a secret into a plain place"],
  ["${KEY:?}", "${KEY} would put a secret into a plain place"],
  ["${LEVEL", '"${LEVEL" is no variable as compose writes them'],
  ["${}", '"${}" is no variable as compose writes them'],
  ["${1}", '"${1}" is no variable as compose writes them'],
  ["${LEVEL!x}", '"${LEVEL!x}" is no variable as compose writes them'],
  ["${LEVEL:x}", '"${LEVEL:x}" is no variable as compose writes them'],
  ["${LEVEL//a/b}", '"${LEVEL//a/b}" is no variable as compose writes them'],
  ["${HOME:+/}:/host", "${HOME} is the machine's own on a host, whatever the app says"],
  ["$PATH", "${PATH} is the machine's own on a host, whatever the app says"],
  ["${COMPOSE_PROJECT_NAME+/}", "${COMPOSE_PROJECT_NAME} is the machine's own on a host, whatever the app says"],
])("%s is refused: %s", (text, what) => {
  expect(fill(text).whats).toEqual([what]);
});

it("takes what has a value on the host for set, and goes by the default where the value would be wanted", () => {
  for (const name of ["KEY", "DATABASE_URL"]) {
    expect(fill(`\${${name}:+/}:/host`).text).toBe("/:/host");
    expect(fill(`\${${name}:-plain}`)).toEqual({ text: "plain", whats: [] });
  }
});

it("fills in every text of a value and tells a variable once where it stands", () => {
  const mistakes: Mistake[] = [];
  const filled = new Interpolation("web", variables, mistakes).fill(
    { a: ["$LEVEL", 1, null], b: { c: "$NONE$NONE" } },
    ["k"],
  );
  expect(filled).toEqual({ a: ["info", 1, null], b: { c: "" } });
  expect(mistakes.map(({ path }) => path)).toEqual(["web.k.b.c"]);
});
