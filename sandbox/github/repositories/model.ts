import { ensureAccount } from "../accounts/model";
import type { GitHub } from "../cloud";
import type { Environment } from "../environments/model";
import type { Issue } from "../issues/model";
import type { DeployKey } from "../keys/model";
import type { Secret } from "../secrets/model";
import type { Variable } from "../variables/model";

/** A repository; there is no git behind it. Times in milliseconds since 1970. */
export interface Repository {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  isPrivate: boolean;
  archived: boolean;
  readonly defaultBranch: string;
  readonly created: number;
  environments: Environment[];
  secrets: Secret[];
  variables: Variable[];
  keys: DeployKey[];
  /** Issues and pull requests share one row of numbers. */
  issues: Issue[];
}

/** What a repository is made from. */
export interface NewRepository {
  readonly owner: string;
  readonly name: string;
  readonly isPrivate: boolean;
  readonly defaultBranch: string;
}

/** Makes a repository without anything in it. Its owner is made a person if there is none. */
export function makeRepository(github: GitHub, asked: NewRepository): Repository {
  const { state, clock } = github;
  ensureAccount(github, asked.owner, "User");
  state.counters.repository += 1;
  const made: Repository = {
    id: state.counters.repository,
    ...asked,
    archived: false,
    created: clock.now(),
    environments: [],
    secrets: [],
    variables: [],
    keys: [],
    issues: [],
  };
  state.repositories.push(made);
  return made;
}

/** `OWNER/NAME`. */
export function fullName({ owner, name }: Pick<Repository, "owner" | "name">): string {
  return `${owner}/${name}`;
}
