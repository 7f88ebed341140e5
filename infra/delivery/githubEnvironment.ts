import * as github from "@pulumi/github";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import type { GitHubAccess } from "./githubAccess";

/** An environment of a repository. */
export interface GitHubEnvironmentArgs {
  readonly access: GitHubAccess;
  readonly repository: string;
  readonly environment: string;
  /** Patterns of the branches that may use it; none: any. */
  readonly branches: readonly string[];
  /** Minutes that a job waits. */
  readonly wait: number;
  /** Whether who starts a run may approve it. */
  readonly selfReview: boolean;
  /** A key of the repository for git. */
  readonly deployKey?: { readonly secret: string; readonly title: string; readonly readOnly: boolean } | undefined;
  /** Values by name. */
  readonly secrets: Readonly<Record<string, pulumi.Input<string>>>;
  readonly variables: Readonly<Record<string, pulumi.Input<string>>>;
}

/**
 * What jobs of a repository's workflows get in one environment: secrets, variables, and who may let them go on. Names of secrets and
 * variables are parts of the resources' names, so one more or less touches no other.
 */
export class GitHubEnvironment extends pulumi.ComponentResource {
  constructor(name: string, args: GitHubEnvironmentArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:delivery:GitHubEnvironment", name, {}, opts);
    // GitHub knows things by their names: a new one of the old name would go with the old one.
    const options = { parent: this, provider: args.access.provider, deleteBeforeReplace: true };
    const { repository } = args;
    const environment = protectedEnvironment(name, args, options).environment;
    for (const pattern of args.branches) {
      const asked = { repository, environment, branchPattern: pattern };
      new github.RepositoryEnvironmentDeploymentPolicy(`${name}-branch-${pattern}`, asked, options);
    }
    const secrets = { ...args.secrets, ...deployKey(name, args, options) };
    for (const [secretName, value] of Object.entries(secrets)) {
      const asked = { repository, environment, secretName, value: pulumi.secret(value) };
      new github.ActionsEnvironmentSecret(`${name}-secret-${secretName}`, asked, options);
    }
    for (const [variableName, value] of Object.entries(args.variables)) {
      const asked = { repository, environment, variableName, value };
      new github.ActionsEnvironmentVariable(`${name}-variable-${variableName}`, asked, options);
    }
    this.registerOutputs({});
  }
}

type Options = pulumi.CustomResourceOptions & { readonly parent: pulumi.Resource };

function protectedEnvironment(
  name: string,
  { access, repository, environment, branches, wait, selfReview }: GitHubEnvironmentArgs,
  options: Options,
): github.RepositoryEnvironment {
  const { users, teams } = access.reviewers;
  const reviewed = users.length + teams.length > 0;
  return new github.RepositoryEnvironment(
    `${name}-environment`,
    {
      repository,
      environment,
      ...(wait > 0 ? { waitTimer: wait } : {}),
      ...(reviewed ? { reviewers: [{ users: [...users], teams: [...teams] }], preventSelfReview: !selfReview } : {}),
      ...(branches.length > 0
        ? { deploymentBranchPolicy: { protectedBranches: false, customBranchPolicies: true } }
        : {}),
    },
    options,
  );
}

/** Makes the key for git; its private half is a secret more. */
function deployKey(
  name: string,
  { deployKey: asked, repository }: GitHubEnvironmentArgs,
  options: Options,
): Record<string, pulumi.Output<string>> {
  if (!asked) return {};
  const key = new tls.PrivateKey(`${name}-deploy-key`, { algorithm: "ED25519" }, { parent: options.parent });
  const { title, readOnly, secret } = asked;
  new github.RepositoryDeployKey(
    `${name}-repository-key`,
    { repository, title, readOnly, key: key.publicKeyOpenssh.apply((text) => text.trim()) },
    options,
  );
  return { [secret]: key.privateKeyOpenssh };
}
