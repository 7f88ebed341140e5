import type { GitHub } from "../cloud";
import { LOGIN } from "../state";

/** What an owner pays for. `free` has no protection for environments of private repositories. */
export type Plan = "free" | "pro" | "team" | "enterprise";

/** A person or an organization. `created` in milliseconds since 1970. */
export interface Account {
  readonly id: number;
  readonly login: string;
  readonly type: "User" | "Organization";
  plan: Plan;
  readonly created: number;
}

/** A team of an organization; `slug` is its name in addresses. */
export interface Team {
  readonly id: number;
  readonly organization: string;
  readonly slug: string;
  readonly name: string;
}

/** What a fine-grained token may be allowed in a repository, by the API's names. */
export const PERMISSIONS = [
  "actions",
  "administration",
  "contents",
  "environments",
  "issues",
  "pull_requests",
  "secrets",
  "variables",
] as const;
/** @see PERMISSIONS */
export type Permission = (typeof PERMISSIONS)[number];

/** A token that may do less than everything. */
export interface Token {
  readonly token: string;
  readonly login: string;
  readonly permissions: { readonly [name in Permission]?: "read" | "write" | undefined };
  /** `OWNER/NAME` of what it can see; without it, everything. */
  readonly repositories?: readonly string[] | undefined;
}

/** Whether two names of accounts or repositories are one: case is no difference. */
export function sameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** The account of a name, if there is one. */
export function findAccount({ state }: GitHub, login: string): Account | undefined {
  return state.accounts.find((known) => sameName(known.login, login));
}

/** The account of a name, made if there is none. */
export function ensureAccount(github: GitHub, login: string, type: Account["type"]): Account {
  const known = findAccount(github, login);
  if (known) return known;
  const { counters, accounts } = github.state;
  counters.account += 1;
  const made: Account = { id: counters.account, login, type, plan: "team", created: github.clock.now() };
  accounts.push(made);
  return made;
}

/** A team, made if there is none. */
export function ensureTeam({ state }: GitHub, organization: string, slug: string): Team {
  const known = state.teams.find((team) => sameName(team.organization, organization) && team.slug === slug);
  if (known) return known;
  state.counters.team += 1;
  const made: Team = { id: state.counters.team, organization, slug, name: slug };
  state.teams.push(made);
  return made;
}

/** Who asks with a token. */
export function loginOf({ state }: GitHub, token: string): string {
  return state.tokens.find((known) => known.token === token)?.login ?? LOGIN;
}
