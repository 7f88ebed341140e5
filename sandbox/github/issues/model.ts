import type { Context } from "hono";
import { notFound } from "../errors";
import type { Repository } from "../repositories/model";

/** A comment on an issue or a pull request. Times in milliseconds since 1970. */
export interface Comment {
  readonly id: number;
  readonly author: string;
  body: string;
  readonly created: number;
  updated: number;
}

/** A file that a pull request changes. */
export interface ChangedFile {
  readonly filename: string;
  readonly status: "added" | "modified" | "removed";
  readonly additions: number;
  readonly deletions: number;
}

/** What a pull request has beyond an issue. */
export interface Pull {
  readonly draft: boolean;
  /** Where the change comes from: `OWNER/NAME`, of a fork another than the repository's own. */
  readonly from: string;
  readonly head: string;
  headSha: string;
  readonly base: string;
  readonly baseSha: string;
  merged: number | undefined;
  readonly files: readonly ChangedFile[];
}

/** An issue; a pull request is one too. Times in milliseconds since 1970. */
export interface Issue {
  readonly id: number;
  readonly number: number;
  readonly author: string;
  title: string;
  body: string | null;
  readonly created: number;
  updated: number;
  closed: number | undefined;
  comments: Comment[];
  readonly pull: Pull | undefined;
}

/** An issue that is a pull request. */
export type PullIssue = Issue & { readonly pull: Pull };

/** The issue or pull request that a request's path names. Throws the API's 404. */
export function requireIssue(c: Context, { issues }: Repository): Issue {
  const issue = issues.find(({ number }) => String(number) === c.req.param("number"));
  if (!issue) throw notFound();
  return issue;
}

/** The pull request that a request's path names. Throws the API's 404. */
export function requirePull(c: Context, repository: Repository): PullIssue {
  const issue = requireIssue(c, repository);
  if (!isPull(issue)) throw notFound();
  return issue;
}

/** Whether an issue is a pull request. */
export function isPull(issue: Issue): issue is PullIssue {
  return issue.pull !== undefined;
}
