import type { Resource } from "../resource";
import type { Properties, Value } from "../wire";
import { type Answer, type Api, idOf } from "./api";

/** The first member of a list of one, as Terraform's blocks are. */
function reviewersOf(inputs: Properties): readonly { readonly users?: Value; readonly teams?: Value }[] {
  return Array.isArray(inputs.reviewers) ? (inputs.reviewers as Properties[]) : [];
}

function numbers(value: Value | undefined): number[] {
  return Array.isArray(value) ? value.map(Number).sort((a, b) => a - b) : [];
}

/** What an environment is made or changed from: all of it, each time. */
function body(inputs: Properties): object {
  const [reviewers] = reviewersOf(inputs);
  const branches = inputs.deploymentBranchPolicy as Properties | undefined;
  return {
    ...(inputs.waitTimer === undefined ? {} : { wait_timer: inputs.waitTimer }),
    can_admins_bypass: inputs.canAdminsBypass ?? true,
    prevent_self_review: inputs.preventSelfReview ?? false,
    reviewers: [
      ...numbers(reviewers?.teams).map((id) => ({ type: "Team", id })),
      ...numbers(reviewers?.users).map((id) => ({ type: "User", id })),
    ],
    deployment_branch_policy: branches
      ? { protected_branches: branches.protectedBranches, custom_branch_policies: branches.customBranchPolicies }
      : null,
  };
}

/** An environment as the state keeps it. */
function shown(inputs: Properties, repositoryId: Value, found: Answer): Properties {
  const rule = (type: string) => found.protection_rules.find((known: Answer) => known.type === type);
  const reviewers: { type: string; reviewer: { id: number } }[] = rule("required_reviewers")?.reviewers ?? [];
  const ids = (type: string) => {
    return reviewers
      .filter((known) => known.type === type)
      .map(({ reviewer }) => reviewer.id)
      .sort((a, b) => a - b);
  };
  const branches = found.deployment_branch_policy;
  return {
    repository: inputs.repository,
    repositoryId,
    environment: inputs.environment,
    canAdminsBypass: found.can_admins_bypass,
    preventSelfReview: rule("required_reviewers")?.prevent_self_review ?? false,
    ...(rule("wait_timer") ? { waitTimer: rule("wait_timer").wait_timer } : {}),
    ...(reviewers.length > 0 ? { reviewers: [{ teams: ids("Team"), users: ids("User") }] } : {}),
    ...(branches
      ? {
          deploymentBranchPolicy: {
            customBranchPolicies: branches.custom_branch_policies,
            protectedBranches: branches.protected_branches,
          },
        }
      : {}),
  };
}

/** An environment of a repository, with its protection. */
export function repositoryEnvironment(api: () => Api): Resource {
  const path = async ({ repository, environment }: Properties, signal: AbortSignal) => {
    return `${await api().repository(repository, signal)}/environments/${encodeURIComponent(String(environment))}`;
  };
  return {
    required: ["environment", "repository"],
    replaceOn: ["environment", "repository"],
    computed: ["repositoryId"],
    defaults: { canAdminsBypass: true, preventSelfReview: false },
    compare: "state",
    async create(inputs, { signal }) {
      const found = await api().put(await path(inputs, signal), body(inputs), signal);
      const { id } = await api().get(await api().repository(inputs.repository, signal), signal);
      return { id: idOf(inputs.repository, inputs.environment), outputs: shown(inputs, id, found) };
    },
    async read(_id, state, { signal }) {
      const found = await api().find(await path(state, signal), signal);
      return found && shown(state, state.repositoryId ?? null, found);
    },
    async update(_id, state, inputs, { signal }) {
      const found = await api().put(await path(inputs, signal), body(inputs), signal);
      return shown(inputs, state.repositoryId ?? null, found);
    },
    async delete(_id, state, { signal }) {
      await api().discard(await path(state, signal), signal);
    },
  };
}

/** A pattern of the branches, or of the tags, that an environment takes. */
export function deploymentPolicy(api: () => Api): Resource {
  const path = async ({ repository, environment }: Properties, signal: AbortSignal) => {
    const name = encodeURIComponent(String(environment));
    return `${await api().repository(repository, signal)}/environments/${name}/deployment-branch-policies`;
  };
  const pattern = ({ branchPattern, tagPattern }: Properties) => branchPattern ?? tagPattern;
  const shownPolicy = (old: Properties, found: Answer): Properties => ({
    repository: old.repository,
    repositoryId: old.repositoryId,
    environment: old.environment,
    policyId: found.id,
    [found.type === "branch" ? "branchPattern" : "tagPattern"]: found.name,
  });
  return {
    required: ["environment", "repository"],
    replaceOn: ["environment", "repository"],
    computed: ["policyId", "repositoryId"],
    compare: "state",
    async create(inputs, { signal }) {
      const type = inputs.branchPattern === undefined ? "tag" : "branch";
      const found = await api().post(await path(inputs, signal), { name: pattern(inputs), type }, signal);
      const { id } = await api().get(await api().repository(inputs.repository, signal), signal);
      return {
        id: idOf(inputs.repository, inputs.environment, found.id),
        outputs: shownPolicy({ ...inputs, repositoryId: id }, found),
      };
    },
    async read(_id, state, { signal }) {
      const found = await api().find(`${await path(state, signal)}/${state.policyId}`, signal);
      return found && shownPolicy(state, found);
    },
    async update(_id, state, inputs, { signal }) {
      const own = `${await path(state, signal)}/${state.policyId}`;
      return shownPolicy(state, await api().put(own, { name: pattern(inputs) }, signal));
    },
    async delete(_id, state, { signal }) {
      await api().discard(`${await path(state, signal)}/${state.policyId}`, signal);
    },
  };
}
