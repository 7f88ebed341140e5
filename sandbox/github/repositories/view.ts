import type { Context } from "hono";
import { findAccount } from "../accounts/model";
import { accountView } from "../accounts/view";
import type { GitHub } from "../cloud";
import { apiTime, apiUrl, nodeId, pageUrl } from "../urls";
import { fullName, type Repository } from "./model";

/** A repository as the API shows it to who may do everything with it. */
export function repositoryView(c: Context, github: GitHub, repository: Repository) {
  const full = fullName(repository);
  const owner = findAccount(github, repository.owner);
  const at = apiTime(repository.created);
  return {
    id: repository.id,
    node_id: nodeId("R", repository.id),
    name: repository.name,
    full_name: full,
    private: repository.isPrivate,
    owner: owner && accountView(c, owner),
    html_url: pageUrl(c, `/${full}`),
    description: null,
    fork: false,
    url: apiUrl(c, `/repos/${full}`),
    created_at: at,
    updated_at: at,
    pushed_at: at,
    git_url: `git://${new URL(c.req.url).host}/${full}.git`,
    ssh_url: `git@${new URL(c.req.url).hostname}:${full}.git`,
    clone_url: pageUrl(c, `/${full}.git`),
    homepage: null,
    size: 0,
    stargazers_count: 0,
    watchers_count: 0,
    language: null,
    has_issues: true,
    has_projects: true,
    has_downloads: true,
    has_wiki: true,
    has_pages: false,
    has_discussions: false,
    forks_count: 0,
    archived: repository.archived,
    disabled: false,
    open_issues_count: repository.issues.filter(({ closed }) => closed === undefined).length,
    license: null,
    allow_forking: true,
    is_template: false,
    web_commit_signoff_required: false,
    topics: [],
    visibility: repository.isPrivate ? "private" : "public",
    default_branch: repository.defaultBranch,
    permissions: { admin: true, maintain: true, push: true, triage: true, pull: true },
  };
}
