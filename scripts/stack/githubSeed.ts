/** What a stack's settings take for granted at GitHub, made in the sandbox's: there is nobody to make it by hand. */
import { UserError } from "../lib/userError";
import type { Slot } from "./slot";

/** What is to be there. */
export interface GitHubSeed {
  /** Path of the control route. */
  readonly path: string;
  readonly body: { readonly users: readonly string[]; readonly teams: readonly string[] };
}

/** The repository of a stack's settings, with the people and teams that review; undefined where none is named well. */
export function githubSeed(config: Readonly<Record<string, unknown>>): GitHubSeed | undefined {
  const section = mapping(config["slipway:github"]);
  const { repository } = section;
  if (typeof repository !== "string" || !/^[\w.-]+\/[\w.-]+$/.test(repository)) return undefined;
  const { users, teams } = mapping(section.reviewers);
  return { path: `/_sandbox/github/repositories/${repository}`, body: { users: texts(users), teams: texts(teams) } };
}

/** Makes it. What is there already stays as it is. @throws UserError if the sandbox refuses */
export async function seedGitHub(slot: Slot, config: Readonly<Record<string, unknown>>): Promise<void> {
  const seed = githubSeed(config);
  if (!seed) return;
  const response = await fetch(`${slot.api}${seed.path}`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(seed.body),
  });
  if (!response.ok) throw new UserError(`the sandbox made no repository: ${await response.text()}`);
}

function mapping(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}
