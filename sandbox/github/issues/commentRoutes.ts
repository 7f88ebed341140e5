import type { Context, Hono } from "hono";
import { z } from "zod";
import type { SandboxEnv } from "../../http/env";
import { REPOSITORY_PATHS, reach, tokenOf } from "../access";
import { loginOf, type Permission } from "../accounts/model";
import { readAsked } from "../body";
import type { GitHub } from "../cloud";
import { page } from "../envelope";
import { invalid, notFound } from "../errors";
import type { Repository } from "../repositories/model";
import { type Comment, type Issue, requireIssue } from "./model";
import { commentView } from "./view";

const Asked = z.object({ body: z.string() });

/** Characters of a comment, as the API's refusal tells. */
const LENGTH = 65_536;

const NEEDS: readonly Permission[] = ["issues", "pull_requests"];

/** `…/issues/N/comments` and `…/issues/comments/ID`: what is said on issues and pull requests. */
export function commentRoutes(api: Hono<SandboxEnv>, github: GitHub): void {
  const { state, clock } = github;
  for (const path of REPOSITORY_PATHS) {
    const show = (c: Context, repository: Repository, [issue, comment]: readonly [Issue, Comment]) => {
      return commentView(c, github, repository, issue, comment);
    };
    api.get(`${path}/issues/:number{[0-9]+}/comments`, (c) => {
      const repository = reach(c, github, NEEDS);
      const issue = requireIssue(c, repository);
      const since = Date.parse(c.req.query("since") ?? "") || 0;
      const shown = issue.comments.filter(({ updated }) => updated >= since);
      return page(
        c,
        shown.map((comment) => show(c, repository, [issue, comment])),
      );
    });
    api.post(`${path}/issues/:number{[0-9]+}/comments`, async (c) => {
      const repository = reach(c, github, NEEDS, "write");
      const issue = requireIssue(c, repository);
      const body = checked((await readAsked(c, Asked)).body);
      state.counters.comment += 1;
      const now = clock.now();
      const author = loginOf(github, tokenOf(c));
      const comment: Comment = { id: state.counters.comment, author, body, created: now, updated: now };
      issue.comments.push(comment);
      return c.json(show(c, repository, [issue, comment]), 201);
    });
    api.get(`${path}/issues/comments/:comment{[0-9]+}`, (c) => {
      const repository = reach(c, github, NEEDS);
      return c.json(show(c, repository, required(c, repository)));
    });
    api.patch(`${path}/issues/comments/:comment{[0-9]+}`, async (c) => {
      const repository = reach(c, github, NEEDS, "write");
      const found = required(c, repository);
      Object.assign(found[1], { body: checked((await readAsked(c, Asked)).body), updated: clock.now() });
      return c.json(show(c, repository, found));
    });
    api.delete(`${path}/issues/comments/:comment{[0-9]+}`, (c) => {
      const [issue, comment] = required(c, reach(c, github, NEEDS, "write"));
      issue.comments = issue.comments.filter((known) => known !== comment);
      return c.body(null, 204);
    });
  }
}

function required(c: Context, { issues }: Repository): readonly [Issue, Comment] {
  for (const issue of issues) {
    const comment = issue.comments.find(({ id }) => String(id) === c.req.param("comment"));
    if (comment) return [issue, comment];
  }
  throw notFound();
}

function checked(body: string): string {
  if (body.trim() === "") throw invalid("IssueComment", "data", "unprocessable", "Body cannot be blank");
  if ([...body].length > LENGTH) {
    throw invalid("IssueComment", "data", "unprocessable", `Body is too long (maximum is ${LENGTH} characters)`);
  }
  return body;
}
