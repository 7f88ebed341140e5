import { expect, it } from "vitest";
import { MARK, markedName, markOf, marksIn, readMarkedName, readRemark, remarkOf, tagOf } from "./mark";

const mark = markOf("key\n");

it("is the same for one key, however it is handed on, and another for any other", () => {
  expect(mark).toMatch(MARK);
  expect(markOf("key")).toBe(mark);
  expect(markOf("kez")).not.toBe(mark);
});

it("is read from where it was put, and from nothing else", () => {
  expect(
    marksIn(["web", tagOf(mark), tagOf(mark).toUpperCase(), "slipway:", "slipway:web", `x${tagOf(mark)}`]),
  ).toEqual([mark, mark]);
  expect(readMarkedName(markedName("acme-pr-7", mark))).toEqual({ name: "acme-pr-7", mark });
  expect(readMarkedName("acme.pr-7")).toEqual({ name: "acme.pr-7" });
  const remark = { stack: "acme/pr-7", mark };
  expect(readRemark(remarkOf(remark))).toEqual(remark);
  for (const other of [null, undefined, "", `${remarkOf(remark)} `, `my ${remarkOf(remark)}`, "slipway acme/pr-7"])
    expect(readRemark(other)).toBeUndefined();
});
