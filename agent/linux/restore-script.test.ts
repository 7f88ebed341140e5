import { expect, test } from "vitest";
import { clearingSql, restoreOrder } from "./restore-script";

const list = `;
; Archive created at 2026-11-21 11:44:47 UTC
;
6; 2615 18530 SCHEMA - other shop
7; 2615 18531 SCHEMA - theirs postgres
2; 3079 16416 EXTENSION - citext 
3575; 0 0 COMMENT - EXTENSION citext 
3576; 0 0 COMMENT - SCHEMA public shop
221; 1259 16409 TABLE public note shop
222; 1259 16602 TABLE theirs report postgres
3565; 0 16409 TABLE DATA public note shop
3566; 0 16602 TABLE DATA theirs report postgres
3577; 0 0 COMMENT - SCHEMA other shop
3567; 2613 16415 BLOB METADATA - 16415 shop
3568; 0 0 BLOBS - BLOBS 
`.split("\n");

test("a role reads back what is its own and what is nobody's; schemas are made apart", () => {
  expect(restoreOrder(list, "shop")).toEqual({
    list: [
      "2; 3079 16416 EXTENSION - citext ",
      "221; 1259 16409 TABLE public note shop",
      "3565; 0 16409 TABLE DATA public note shop",
      "3577; 0 0 COMMENT - SCHEMA other shop",
      "3567; 2613 16415 BLOB METADATA - 16415 shop",
      "3568; 0 0 BLOBS - BLOBS ",
    ],
    schemas: ["other"],
    isForeign: false,
  });
});

test("a dump of others' tables only is none of the role's; one without tables is anyone's", () => {
  expect(restoreOrder(list, "blog").isForeign).toBe(true);
  expect(restoreOrder(["2; 3079 16416 EXTENSION - citext "], "blog").isForeign).toBe(false);
});

test("names of schemas are quoted", () => {
  expect(clearingSql(["it's", "b"])).toContain("nspname <> ALL (ARRAY['it''s', 'b']::text[])");
  expect(clearingSql([])).toContain("nspname <> ALL (ARRAY[]::text[])");
});
