import type { Context } from "hono";
import { sameName } from "../accounts/model";
import { notFound } from "../errors";
import type { Repository } from "../repositories/model";
import type { Secret } from "../secrets/model";
import type { Variable } from "../variables/model";

/** Who may approve what waits for an environment. */
export interface Reviewer {
  readonly type: "User" | "Team";
  readonly id: number;
}

/** A pattern of the branches or tags that an environment takes. */
export interface BranchPolicy {
  readonly id: number;
  name: string;
  readonly type: "branch" | "tag";
}

/** Which branches an environment takes: those that are protected, or those of its own patterns. */
export interface BranchRule {
  readonly protected_branches: boolean;
  readonly custom_branch_policies: boolean;
}

/** How an environment is protected. */
export interface Protection {
  /** Minutes a job waits. */
  wait: number;
  reviewers: readonly Reviewer[];
  preventSelfReview: boolean;
  canAdminsBypass: boolean;
  /** `null`: any branch. */
  branches: BranchRule | null;
}

/** An environment of a repository. Times in milliseconds since 1970. */
export interface Environment extends Protection {
  readonly id: number;
  readonly name: string;
  readonly created: number;
  updated: number;
  policies: BranchPolicy[];
  secrets: Secret[];
  variables: Variable[];
}

/** The environment of a name: case is no difference. */
export function findEnvironment({ environments }: Repository, name: string): Environment | undefined {
  return environments.find((known) => sameName(known.name, name));
}

/** The environment that a request's path names. Throws the API's 404. */
export function requireEnvironment(c: Context, repository: Repository): Environment {
  const found = findEnvironment(repository, c.req.param("environment") ?? "");
  if (!found) throw notFound();
  return found;
}
