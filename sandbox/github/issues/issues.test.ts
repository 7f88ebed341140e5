import { describe, expect, it } from "vitest";
import { REPO, testGitHub } from "../testing";

const PULLS = "/_sandbox/github/repositories/acme/notes/pulls";

describe("pull requests", () => {
  it("are told with where they come from, closed and merged", async () => {
    const { octokit, ask } = await testGitHub();
    expect((await ask("POST", PULLS, { author: "ada", head: "one" })).body).toEqual({ number: 1 });
    await ask("POST", PULLS, { author: "eve", fork: "eve/notes", files: [{ filename: "a.ts", additions: 3 }] });
    const { data } = await octokit.pulls.get({ ...REPO, pull_number: 2 });
    expect([data.head.repo?.full_name, data.base.repo.full_name, data.user.login, data.additions]).toEqual([
      "eve/notes",
      "acme/notes",
      "eve",
      3,
    ]);
    expect((await octokit.pulls.listFiles({ ...REPO, pull_number: 2 })).data[0]?.changes).toBe(3);
    await octokit.pulls.update({ ...REPO, pull_number: 2, state: "closed" });
    await octokit.pulls.merge({ ...REPO, pull_number: 1 });
    await expect(octokit.pulls.merge({ ...REPO, pull_number: 1 })).rejects.toMatchObject({ status: 405 });
    expect((await octokit.pulls.list(REPO)).data).toEqual([]);
    const all = await octokit.pulls.list({ ...REPO, state: "all" });
    expect(all.data.map(({ number, merged_at }) => [number, merged_at])).toEqual([
      [2, null],
      [1, "2026-11-21T12:00:00Z"],
    ]);
    expect((await octokit.pulls.list({ ...REPO, state: "all", head: "acme:one" })).data).toHaveLength(1);
  });
});

describe("comments", () => {
  it("are made, changed, told page by page and deleted", async () => {
    const { octokit, ask } = await testGitHub();
    await ask("POST", PULLS, {});
    const pull = { ...REPO, issue_number: 1 };
    for (let i = 1; i <= 31; i += 1) await octokit.issues.createComment({ ...pull, body: `comment ${i}` });
    const first = await octokit.issues.listComments(pull);
    expect(first.data).toHaveLength(30);
    expect(first.headers.link).toBe(
      '<http://127.0.0.1:8480/api/v3/repos/acme/notes/issues/1/comments?page=2>; rel="next", ' +
        '<http://127.0.0.1:8480/api/v3/repos/acme/notes/issues/1/comments?page=2>; rel="last"',
    );
    const all = await octokit.paginate(octokit.issues.listComments, pull);
    expect(all.map(({ body }) => body).at(-1)).toBe("comment 31");
    const comment_id = all[30]?.id ?? 0;
    await octokit.issues.updateComment({ ...REPO, comment_id, body: "changed" });
    expect((await octokit.issues.getComment({ ...REPO, comment_id })).data.body).toBe("changed");
    await octokit.issues.deleteComment({ ...REPO, comment_id });
    expect((await octokit.pulls.get({ ...REPO, pull_number: 1 })).data.comments).toBe(30);
  });

  it("are no longer than 65536 characters, and not empty", async () => {
    const { octokit, ask } = await testGitHub();
    await ask("POST", PULLS, {});
    const comment = (body: string) => octokit.issues.createComment({ ...REPO, issue_number: 1, body });
    expect((await comment("x".repeat(65_536))).status).toBe(201);
    await expect(comment("x".repeat(65_537))).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining("Body is too long (maximum is 65536 characters)"),
    });
    await expect(comment(" ")).rejects.toMatchObject({ status: 422 });
    await expect(octokit.issues.createComment({ ...REPO, issue_number: 9, body: "x" })).rejects.toMatchObject({
      status: 404,
    });
  });
});
