import type { Context } from "hono";
import { accountView, teamView } from "../accounts/view";
import type { GitHub } from "../cloud";
import { fullName, type Repository } from "../repositories/model";
import { apiTime, apiUrl, nodeId, pageUrl } from "../urls";
import type { BranchPolicy, Environment, Reviewer } from "./model";

/** An environment as the API shows it. */
export function environmentView(c: Context, github: GitHub, repository: Repository, environment: Environment) {
  const full = fullName(repository);
  return {
    id: environment.id,
    node_id: nodeId("EN", environment.id),
    name: environment.name,
    url: apiUrl(c, `/repos/${full}/environments/${encodeURIComponent(environment.name)}`),
    html_url: pageUrl(c, `/${full}/deployments/activity_log?environments_filter=${environment.name}`),
    created_at: apiTime(environment.created),
    updated_at: apiTime(environment.updated),
    can_admins_bypass: environment.canAdminsBypass,
    protection_rules: rulesOf(c, github, environment),
    deployment_branch_policy: environment.branches,
  };
}

/** The rules that an environment has; their numbers come from its own. */
function rulesOf(c: Context, github: GitHub, environment: Environment): readonly object[] {
  const { wait, reviewers, preventSelfReview, branches } = environment;
  const rule = (place: number, type: string, members: object) => {
    const id = environment.id * 3 + place;
    return { id, node_id: nodeId("GA", id), type, ...members };
  };
  return [
    ...(wait > 0 ? [rule(0, "wait_timer", { wait_timer: wait })] : []),
    ...(reviewers.length > 0
      ? [
          rule(1, "required_reviewers", {
            prevent_self_review: preventSelfReview,
            reviewers: reviewers.map((reviewer) => reviewerView(c, github, reviewer)),
          }),
        ]
      : []),
    ...(branches ? [rule(2, "branch_policy", {})] : []),
  ];
}

function reviewerView(c: Context, { state }: GitHub, { type, id }: Reviewer) {
  if (type === "Team") {
    const team = state.teams.find((known) => known.id === id);
    return { type, reviewer: team && teamView(c, team) };
  }
  const user = state.accounts.find((known) => known.id === id);
  return { type, reviewer: user && accountView(c, user) };
}

/** A pattern of branches or tags as the API shows it. */
export function policyView({ id, name, type }: BranchPolicy) {
  return { id, node_id: nodeId("GP", id), name, type };
}
