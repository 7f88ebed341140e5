import { z } from "zod";
import { findAccount } from "../accounts/model";
import type { GitHub } from "../cloud";
import { refused } from "../errors";
import type { Repository } from "../repositories/model";
import type { Protection } from "./model";

/** What an environment is made or changed from: the whole of its protection, each time. */
export const Asked = z.object({
  wait_timer: z.number().int().min(0).max(43_200).nullish(),
  prevent_self_review: z.boolean().nullish(),
  can_admins_bypass: z.boolean().nullish(),
  reviewers: z.array(z.object({ type: z.enum(["User", "Team"]), id: z.number().int() })).nullish(),
  deployment_branch_policy: z
    .object({ protected_branches: z.boolean(), custom_branch_policies: z.boolean() })
    .nullish(),
});

/** The most reviewers an environment may have. */
const REVIEWERS = 6;

/** The protection that is asked for. Throws the API's 422; its wording about unknown reviewers is a guess. */
export function protectionOf(github: GitHub, repository: Repository, asked: z.output<typeof Asked>): Protection {
  const reviewers = asked.reviewers ?? [];
  const wait = asked.wait_timer ?? 0;
  const branches = asked.deployment_branch_policy ?? null;
  if (reviewers.length > REVIEWERS) throw refused(`No more than ${REVIEWERS} reviewers can be added.`);
  const unknown = reviewers.find(({ type, id }) => !isKnown(github, type, id));
  if (unknown) throw refused(`${unknown.type} ${unknown.id} cannot be a reviewer: it has no access to the repository`);
  if (branches && branches.protected_branches === branches.custom_branch_policies) {
    throw refused("protected_branches and custom_branch_policies cannot have the same value");
  }
  const owner = findAccount(github, repository.owner);
  if (repository.isPrivate && owner?.plan !== "enterprise" && (reviewers.length > 0 || wait > 0)) {
    const rule = reviewers.length > 0 ? "required reviewers" : "wait timer";
    throw refused(
      `Failed to create the environment protection rule. Please ensure the billing plan supports the ${rule} protection rule.`,
    );
  }
  return {
    wait,
    reviewers,
    preventSelfReview: asked.prevent_self_review ?? false,
    canAdminsBypass: asked.can_admins_bypass ?? true,
    branches,
  };
}

function isKnown({ state }: GitHub, type: "User" | "Team", id: number): boolean {
  if (type === "Team") return state.teams.some((team) => team.id === id);
  return state.accounts.some((account) => account.type === "User" && account.id === id);
}
