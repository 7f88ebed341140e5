import { describe, expect, it } from "vitest";
import { githubClient, githubRefusal, refusalOf } from "./github";

const pull = { repository: "acme/notes", number: 7 };
const answered = (status: number, message: string, headers: Record<string, string> = {}) =>
  githubRefusal(pull, refusalOf({ status, message, response: { headers } }));

describe("GitHub's refusals", () => {
  it("say what to do, each in one line", () => {
    expect(answered(401, "Bad credentials")).toBe(
      "the comment on acme/notes#7: GitHub answered 401 (Bad credentials). The token is not valid (any more): give another one as GITHUB_TOKEN",
    );
    expect(answered(403, "Resource not accessible by integration")).toMatch(
      /permissions: \{ pull-requests: write \}; for a pull request from a fork it never may$/,
    );
    expect(answered(404, "Not Found")).toMatch(/There is no such repository or pull request/);
    expect(answered(422, "Validation Failed\nmore")).toBe(
      "the comment on acme/notes#7: GitHub answered 422 (Validation Failed). Mend what it says",
    );
    expect(answered(502, "Bad Gateway")).toMatch(/Run it again in some minutes$/);
    expect(githubRefusal(pull, refusalOf({ status: 500, message: "fetch failed" }))).toBe(
      "the comment on acme/notes#7: GitHub did not answer (fetch failed). Run it again in some minutes",
    );
  });

  it("are worth another attempt where GitHub is only busy, after as long as it asks", () => {
    expect(refusalOf({ status: 429, message: "x", response: { headers: { "retry-after": "3" } } })).toMatchObject({
      passes: true,
      pause: 3000,
    });
    expect(
      refusalOf({ status: 403, message: "x", response: { headers: { "x-ratelimit-remaining": "0" } } }).passes,
    ).toBe(true);
    expect(refusalOf({ status: 403, message: "x", response: { headers: {} } }).passes).toBe(false);
  });
});

it("a token is needed, and said to be", () => {
  expect(() => githubClient({})).toThrow(/^GITHUB_TOKEN is not set/);
});
