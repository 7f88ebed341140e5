import * as github from "@pulumi/github";
import * as pulumi from "@pulumi/pulumi";

/** Whose repository it is and how GitHub is asked. */
export interface GitHubAccessArgs {
  readonly owner: string;
  readonly repository: string;
  /** Logins and slugs. */
  readonly reviewers: { readonly users: readonly string[]; readonly teams: readonly string[] };
  /** Address of another installation than github.com. */
  readonly baseUrl?: string | undefined;
  readonly token: string;
}

/** What GitHub knows of what the settings name; ids are what its rules go by. */
export interface GitHubAccess {
  readonly provider: github.Provider;
  readonly reviewers: { readonly users: readonly number[]; readonly teams: readonly number[] };
}

/** A name that GitHub knows nothing of, or an answer that was none. */
export interface LookUpFailure {
  /** Below `slipway:github`, or a whole key. */
  readonly setting: string;
  readonly what: string;
  readonly mend: string;
}

/** Makes the provider, and finds what is named before anything else is made. Resolves with all that was not found. */
export async function accessGitHub(
  name: string,
  { owner, repository, reviewers, baseUrl, token }: GitHubAccessArgs,
): Promise<GitHubAccess | readonly LookUpFailure[]> {
  const provider = new github.Provider(`${name}-github`, {
    owner,
    ...(baseUrl === undefined ? {} : { baseUrl }),
    // Left to itself the SDK takes GITHUB_TOKEN from the environment, and then it stands in the state in clear.
    token: pulumi.secret(token),
  });
  const full = `${owner}/${repository}`;
  const failures: LookUpFailure[] = [];
  try {
    const { repoId, archived } = await github.getRepository({ fullName: full }, { provider });
    const mistake = repositoryMistake(full, repoId, archived);
    if (mistake) return [mistake];
  } catch (error) {
    return [refusal(error as Error)];
  }
  const idsOf = async (kind: "users" | "teams", find: (one: string) => Promise<{ readonly id: string }>) => {
    const found = await Promise.all(
      reviewers[kind].map((one) => find(one).catch((error: Error) => reviewerMistake(kind, one, owner, error))),
    );
    failures.push(...found.filter((one) => "what" in one));
    return found.flatMap((one) => ("id" in one ? [Number(one.id)] : [])).sort((a, b) => a - b);
  };
  const [users, teams] = await Promise.all([
    idsOf("users", (username) => github.getUser({ username }, { provider })),
    idsOf("teams", (slug) => github.getTeam({ slug, summaryOnly: true }, { provider })),
  ]);
  return failures.length > 0 ? failures : { provider, reviewers: { users, teams } };
}

function repositoryMistake(full: string, id: number | undefined, archived: boolean): LookUpFailure | undefined {
  if (!id) {
    return {
      setting: "repository",
      what: `GitHub has no repository ${full} that this token may see`,
      mend: "correct the name, make the repository, or give a token that it is among the repositories of",
    };
  }
  return archived
    ? {
        setting: "repository",
        what: `${full} is archived: nothing in it can be changed`,
        mend: "unarchive it, or remove slipway:github",
      }
    : undefined;
}

function reviewerMistake(kind: "users" | "teams", one: string, owner: string, error: Error): LookUpFailure {
  if (!/: 404 /.test(error.message)) return refusal(error);
  return {
    setting: `reviewers.${kind}`,
    what: kind === "users" ? `GitHub has no user ${one}` : `${owner} has no team ${one} that this token may see`,
    mend:
      kind === "users"
        ? "write the login, as in the address of the profile"
        : "write the slug, as in the team's address; the token needs Members: read in the organization",
  };
}

/** What an answer means that is no answer to the question. */
export function refusal({ message }: Error): LookUpFailure {
  const [first = ""] = message.split("\n");
  const bare = first.replace(/^invocation of \S+ returned an error: /, "");
  const status = Number(/: ([1-5]\d\d) /.exec(message)?.[1]);
  const said = (/: ([1-5]\d\d .*?) \[/.exec(message)?.[1] ?? bare).slice(0, 300);
  const setting = "github:token";
  if (status === 401) {
    return { setting, what: `GitHub does not take it (${said})`, mend: "pulumi config set --secret github:token" };
  }
  if (status === 403 && !/rate limit/i.test(said)) {
    return { setting, what: `it may not do this (${said})`, mend: "docs/github.md says what it must be allowed" };
  }
  if (status === 429 || status === 403) {
    return { setting, what: `too many requests for now (${said})`, mend: "run it again in some minutes" };
  }
  return { setting: "slipway:github", what: `GitHub could not be asked (${said})`, mend: "run it again" };
}
