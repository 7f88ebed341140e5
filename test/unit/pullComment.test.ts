import { expect, it } from "vitest";
import { REPO, testGitHub } from "../../sandbox/github/testing";
import { putComment } from "../../scripts/pulls/comment";
import { GithubComments } from "../../scripts/pulls/github";

const pull = { repository: "acme/notes", number: 1 };
const issue = { ...REPO, issue_number: 1 };

async function pullRequest() {
  const github = await testGitHub();
  await github.ask("POST", "/_sandbox/github/repositories/acme/notes/pulls", { title: "A change" });
  return github;
}

it("a pull request has one comment of ours however often it is pushed to, among many of others", async () => {
  const { octokit } = await pullRequest();
  for (let index = 0; index < 120; index += 1) await octokit.issues.createComment({ ...issue, body: `said ${index}` });
  const comments = new GithubComments(pull, octokit);
  const author = await comments.author({});
  const put = (text: string) => putComment(comments, { marker: "plan:staging", text, author });
  expect((await put("one")).done).toBe("made");
  expect((await put("two")).done).toBe("changed");
  expect((await put("two")).done).toBe("left as it was");
  const ours = (await comments.list()).filter(({ body }) => body.includes("slipway plan:staging"));
  expect(ours.map(({ body }) => body)).toEqual(["<!-- slipway plan:staging -->\ntwo"]);
});

it("a busy GitHub is asked again, and a closed door is told in one line", async () => {
  const github = await pullRequest();
  const pauses: number[] = [];
  const comments = new GithubComments(pull, github.octokit, async (ms) => pauses.push(ms));
  const path = "/api/v3/repos/acme/notes/issues/*/comments";
  await github.ask("POST", "/_sandbox/faults", { kind: "status", status: 502, method: "POST", path, times: 2 });
  await comments.create("x");
  expect(pauses).toEqual([2000, 4000]);
  await github.ask("PUT", "/_sandbox/github/tokens/reader", { permissions: { issues: "read", pull_requests: "read" } });
  await expect(new GithubComments(pull, github.as("reader")).create("x")).rejects.toThrow(
    /^the comment on acme\/notes#1: GitHub answered 403 .*pull-requests: write/,
  );
  await expect(new GithubComments({ ...pull, number: 9 }, github.octokit).list()).rejects.toThrow(
    /^the comment on acme\/notes#9: GitHub answered 404/,
  );
});
