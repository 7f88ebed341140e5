import { expect, test } from "vitest";
import { clearingSql, restoreOrder, searchPathSql } from "./restore-script";

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
223; 1259 16603 TABLE public 1 COMMENT - EXTENSION x shop
3565; 0 16409 TABLE DATA public note shop
3566; 0 16602 TABLE DATA theirs report postgres
3577; 0 0 COMMENT - SCHEMA other shop
3567; 2613 16415 BLOB METADATA - 16415 shop
3568; 0 0 BLOBS - BLOBS 
3580; 2606 16700 CONSTRAINT public note note_pkey shop
3581; 1259 16701 INDEX public note_index shop
3590; 2606 16702 FK CONSTRAINT public note note_fkey shop
`.split("\n");

test("a role reads back what is its own and what is nobody's; schemas are made apart", () => {
  expect(restoreOrder(list, "shop")).toEqual({
    entries: [2, 221, 223, 3565, 3577, 3567, 3568, 3580, 3581, 3590],
    indexesFirst: [2, 221, 223, 3580, 3581, 3565, 3577, 3567, 3568, 3590],
    schemas: [6],
    ofOthers: [7, 2],
    isForeign: false,
  });
});

test("a dump of others' tables only is none of the role's; one without tables is anyone's", () => {
  expect(restoreOrder(list, "blog").isForeign).toBe(true);
  expect(restoreOrder(["2; 3079 16416 EXTENSION - citext "], "blog").isForeign).toBe(false);
});

test("a name that reads like another kind of entry is only a name", () => {
  const names = ["TABLE x TABLE DATA y", "9; 2615 9 SCHEMA - z", "0 COMMENT - SCHEMA public"];
  const lines = names.map((name, at) => `${at + 1}; 1259 ${at + 1} TABLE public ${name} shop`);
  expect(restoreOrder(lines, "shop")).toMatchObject({ entries: [1, 2, 3], schemas: [], isForeign: false });
});

test("of a name nothing but its bytes in hexadecimal stands in SQL", () => {
  const names = ["$clear$ \\! id > /tmp/pwned #", "it's", 'a"b', "a\nb", "é", "'; DROP SCHEMA public; --"];
  const plain = clearingSql([], "UTF8");
  const sql = clearingSql(
    names.map((name) => Buffer.from(name)),
    "UTF8",
  );
  expect(sql.replace(/'[0-9a-f ]+'/, "''")).toBe(plain);
  for (const name of names) expect(sql).toContain(Buffer.from(name).toString("hex"));
  expect(searchPathSql(`"a'b", x`).replace(/'[0-9a-f]+', 'hex'/g, "'', 'hex'")).toBe(searchPathSql(undefined));
});
