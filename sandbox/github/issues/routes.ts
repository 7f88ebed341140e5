import type { Hono } from "hono";
import { z } from "zod";
import type { SandboxEnv } from "../../http/env";
import { REPOSITORY_PATHS, reach } from "../access";
import { readAsked } from "../body";
import type { GitHub } from "../cloud";
import { page } from "../envelope";
import { ApiError } from "../errors";
import { isPull, requireIssue, requirePull } from "./model";
import { issueView, pullView } from "./view";

const Changed = z.object({
  title: z.string().optional(),
  body: z.string().nullish(),
  state: z.enum(["open", "closed"]).optional(),
});

/** `…/pulls` and one issue at a time. They come by the control routes: there is no git to make them from. */
export function issueRoutes(api: Hono<SandboxEnv>, github: GitHub): void {
  const { clock } = github;
  for (const path of REPOSITORY_PATHS) {
    api.get(`${path}/issues/:number{[0-9]+}`, (c) => {
      const repository = reach(c, github, ["issues", "pull_requests"]);
      return c.json(issueView(c, github, repository, requireIssue(c, repository)));
    });
    api.get(`${path}/pulls`, (c) => {
      const repository = reach(c, github, ["pull_requests"]);
      const { state = "open", head, base } = c.req.query();
      const shown = repository.issues
        .filter(isPull)
        .filter(({ closed }) => state === "all" || (closed === undefined ? "open" : "closed") === state)
        .filter(({ pull }) => base === undefined || pull.base === base)
        .filter(({ pull }) => head === undefined || `${pull.from.split("/")[0]}:${pull.head}` === head)
        .reverse();
      return page(
        c,
        shown.map((issue) => pullView(c, github, repository, issue)),
      );
    });
    api.get(`${path}/pulls/:number{[0-9]+}`, (c) => {
      const repository = reach(c, github, ["pull_requests"]);
      return c.json(pullView(c, github, repository, requirePull(c, repository)));
    });
    api.get(`${path}/pulls/:number{[0-9]+}/files`, (c) => {
      const { files } = requirePull(c, reach(c, github, ["pull_requests"])).pull;
      const changes = files.map((file) => ({ ...file, changes: file.additions + file.deletions }));
      return page(c, changes);
    });
    api.patch(`${path}/pulls/:number{[0-9]+}`, async (c) => {
      const repository = reach(c, github, ["pull_requests"], "write");
      const issue = requirePull(c, repository);
      const { title, body, state } = await readAsked(c, Changed);
      issue.title = title ?? issue.title;
      if (body !== undefined) issue.body = body;
      if (state === "closed") issue.closed ??= clock.now();
      if (state === "open" && issue.pull.merged === undefined) issue.closed = undefined;
      issue.updated = clock.now();
      return c.json(pullView(c, github, repository, issue));
    });
    api.put(`${path}/pulls/:number{[0-9]+}/merge`, (c) => {
      const issue = requirePull(c, reach(c, github, ["contents"], "write"));
      if (issue.closed !== undefined || issue.pull.draft) throw new ApiError(405, "Pull Request is not mergeable");
      issue.closed = clock.now();
      issue.updated = issue.closed;
      issue.pull.merged = issue.closed;
      return c.json({ sha: issue.pull.headSha, merged: true, message: "Pull Request successfully merged" });
    });
  }
}
