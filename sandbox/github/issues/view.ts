import type { Context } from "hono";
import { findAccount } from "../accounts/model";
import { accountView } from "../accounts/view";
import type { GitHub } from "../cloud";
import { fullName, type Repository } from "../repositories/model";
import { repositoryView } from "../repositories/view";
import { apiTime, apiUrl, nodeId, pageUrl } from "../urls";
import type { Comment, Issue, PullIssue } from "./model";

/** A comment as the API shows it. */
export function commentView(c: Context, github: GitHub, repository: Repository, issue: Issue, comment: Comment) {
  const full = fullName(repository);
  return {
    id: comment.id,
    node_id: nodeId("IC", comment.id),
    url: apiUrl(c, `/repos/${full}/issues/comments/${comment.id}`),
    html_url: pageUrl(c, `/${full}/${issue.pull ? "pull" : "issues"}/${issue.number}#issuecomment-${comment.id}`),
    issue_url: apiUrl(c, `/repos/${full}/issues/${issue.number}`),
    user: person(c, github, comment.author),
    created_at: apiTime(comment.created),
    updated_at: apiTime(comment.updated),
    body: comment.body,
    author_association: "MEMBER",
    performed_via_github_app: null,
  };
}

/** An issue as the API shows it. */
export function issueView(c: Context, github: GitHub, repository: Repository, issue: Issue) {
  const full = fullName(repository);
  const url = apiUrl(c, `/repos/${full}/issues/${issue.number}`);
  return {
    id: issue.id,
    node_id: nodeId("I", issue.id),
    url,
    repository_url: apiUrl(c, `/repos/${full}`),
    comments_url: `${url}/comments`,
    html_url: pageUrl(c, `/${full}/issues/${issue.number}`),
    number: issue.number,
    state: issue.closed === undefined ? "open" : "closed",
    title: issue.title,
    body: issue.body,
    user: person(c, github, issue.author),
    labels: [],
    assignees: [],
    locked: false,
    comments: issue.comments.length,
    created_at: apiTime(issue.created),
    updated_at: apiTime(issue.updated),
    closed_at: issue.closed === undefined ? null : apiTime(issue.closed),
    author_association: "MEMBER",
    ...(issue.pull ? { pull_request: { url: apiUrl(c, `/repos/${full}/pulls/${issue.number}`) } } : {}),
  };
}

/** A pull request as the API shows it. */
export function pullView(c: Context, github: GitHub, repository: Repository, issue: PullIssue) {
  const full = fullName(repository);
  const { pull } = issue;
  const url = apiUrl(c, `/repos/${full}/pulls/${issue.number}`);
  const side = (from: string, ref: string, sha: string) => {
    const [owner = ""] = from.split("/");
    const own = from === full;
    return {
      label: `${owner}:${ref}`,
      ref,
      sha,
      user: person(c, github, owner),
      // A fork has no records here but its name.
      repo: own ? repositoryView(c, github, repository) : { full_name: from, name: from.split("/")[1], fork: true },
    };
  };
  return {
    id: issue.id,
    node_id: nodeId("PR", issue.id),
    url,
    html_url: pageUrl(c, `/${full}/pull/${issue.number}`),
    issue_url: apiUrl(c, `/repos/${full}/issues/${issue.number}`),
    comments_url: apiUrl(c, `/repos/${full}/issues/${issue.number}/comments`),
    number: issue.number,
    state: issue.closed === undefined ? "open" : "closed",
    locked: false,
    title: issue.title,
    user: person(c, github, issue.author),
    body: issue.body,
    created_at: apiTime(issue.created),
    updated_at: apiTime(issue.updated),
    closed_at: issue.closed === undefined ? null : apiTime(issue.closed),
    merged_at: pull.merged === undefined ? null : apiTime(pull.merged),
    draft: pull.draft,
    labels: [],
    assignees: [],
    requested_reviewers: [],
    head: side(pull.from, pull.head, pull.headSha),
    base: side(full, pull.base, pull.baseSha),
    author_association: pull.from === full ? "MEMBER" : "CONTRIBUTOR",
    merged: pull.merged !== undefined,
    comments: issue.comments.length,
    changed_files: pull.files.length,
    additions: sum(pull.files.map(({ additions }) => additions)),
    deletions: sum(pull.files.map(({ deletions }) => deletions)),
  };
}

function person(c: Context, github: GitHub, login: string) {
  const account = findAccount(github, login);
  return account ? accountView(c, account) : null;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
