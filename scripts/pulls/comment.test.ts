import { describe, expect, it } from "vitest";
import { UserError } from "../lib/userError";
import { type Comments, commentBody, type ListedComment, mostCharacters, putComment } from "./comment";

/** A pull request whose comments are these, and what was done to them. */
function pull(there: readonly Partial<ListedComment>[]) {
  const done: string[] = [];
  const comments: Comments = {
    list: async () => there.map((one, id) => ({ id, body: "", author: "bot", url: `#${id}`, ...one })),
    create: async (body) => {
      done.push(`create ${body}`);
      return "#new";
    },
    update: async (id, body) => {
      done.push(`update ${id} ${body}`);
      return `#${id}`;
    },
    remove: async (id) => {
      done.push(`remove ${id}`);
    },
  };
  const put = (text: string) => putComment(comments, { marker: "plan", text, author: "bot" });
  return { put, done };
}
const ours = (text: string) => ({ body: `<!-- slipway plan -->\n${text}` });

describe("the comment of a pull request", () => {
  it("is made where there is none", async () => {
    const { put, done } = pull([{ body: "hello" }]);
    expect(await put("a plan")).toEqual({ done: "made", url: "#new" });
    expect(done).toEqual(["create <!-- slipway plan -->\na plan"]);
  });

  it("is changed in place, and left alone where nothing changed", async () => {
    const { put, done } = pull([{ body: "hello" }, ours("old")]);
    expect(await put("new")).toEqual({ done: "changed", url: "#1" });
    expect(await put("old")).toEqual({ done: "left as it was", url: "#1" });
    expect(done).toEqual(["update 1 <!-- slipway plan -->\nnew"]);
  });

  it("stays one, if two runs at once made two", async () => {
    const { put, done } = pull([ours("a"), ours("b")]);
    await put("c");
    expect(done).toEqual(["remove 1", "update 0 <!-- slipway plan -->\nc"]);
  });

  it("is ours: another's with the same marker, or ours quoted, is never touched", async () => {
    const { put, done } = pull([
      { ...ours("x"), author: "mallory" },
      { body: "> <!-- slipway plan -->\nquoted" },
      { body: "<!-- slipway plan:prod -->\nanother stack's" },
    ]);
    await put("mine");
    expect(done).toEqual(["create <!-- slipway plan -->\nmine"]);
  });

  it("is no longer than GitHub takes it, and closes what the cut left open", () => {
    const body = commentBody("plan", `<details>\n\n\`\`\`mermaid\n${"a line\n".repeat(20_000)}\`\`\`\n</details>\n`);
    expect(body.length).toBeLessThanOrEqual(mostCharacters);
    expect(body).toMatch(
      /a line\n```\n<\/details>\n\n… the rest is left out here; the page of the run has it whole\.$/,
    );
  });

  it("has a marker that can't break out of its place", () => {
    expect(() => commentBody("--> <b>", "x")).toThrow(UserError);
  });
});
