/** A pull request's comments on GitHub itself. */
import { setTimeout as sleep } from "node:timers/promises";
import { Octokit } from "@octokit/rest";
import { UserError } from "../lib/userError";
import type { Comments } from "./comment";

/** Attempts at a request that GitHub was too busy for. */
const attempts = 4;

/** Longest pause between two attempts, in ms, whatever GitHub asks for. */
const longestPause = 60_000;

/** Who writes when a workflow's own token is used. */
const actionsBot = "github-actions[bot]";

type Environment = Readonly<Record<string, string | undefined>>;

/** Where a pull request is. */
export interface Pull {
  /** `OWNER/NAME`. */
  readonly repository: string;
  readonly number: number;
}

/** A client with the token and at the address that GitHub Actions and `gh` take from the environment. @throws UserError without a token */
export function githubClient(env: Environment): Octokit {
  const auth = env.GITHUB_TOKEN || env.GH_TOKEN;
  if (!auth) {
    throw new UserError(
      "GITHUB_TOKEN is not set. In a workflow: env: { GITHUB_TOKEN: ${{ github.token }} }; elsewhere: a token that may write pull requests",
    );
  }
  return new Octokit({ auth, baseUrl: env.GITHUB_API_URL || "https://api.github.com", log: silent });
}

/** @see the file's head */
export class GithubComments implements Comments {
  readonly #octokit: Octokit;
  readonly #pull: Pull;
  readonly #pause: (ms: number) => Promise<unknown>;

  /** @param pause waits before another attempt @throws UserError for a repository that is none */
  constructor(pull: Pull, octokit: Octokit, pause: (ms: number) => Promise<unknown> = sleep) {
    if (!/^[\w.-]+\/[\w.-]+$/.test(pull.repository))
      throw new UserError(`--repository ${JSON.stringify(pull.repository)}: OWNER/NAME is needed`);
    this.#octokit = octokit;
    this.#pull = pull;
    this.#pause = pause;
  }

  /** Login of whom the token is. A workflow's token has no person behind it, and may not ask. */
  async author(env: Environment): Promise<string> {
    if (env.GITHUB_ACTIONS === "true") return actionsBot;
    const { data } = await this.#ask((octokit) => octokit.rest.users.getAuthenticated());
    return data.login;
  }

  async list() {
    const comments = await this.#ask((octokit) =>
      octokit.paginate(octokit.rest.issues.listComments, { ...this.#issue(), per_page: 100 }),
    );
    return comments.map(({ id, body, user, html_url: url }) => ({
      id,
      body: body ?? "",
      author: user?.login ?? "",
      url,
    }));
  }

  async create(body: string) {
    const { data } = await this.#ask((octokit) => octokit.rest.issues.createComment({ ...this.#issue(), body }));
    return data.html_url;
  }

  async update(id: number, body: string) {
    const { data } = await this.#ask((octokit) =>
      octokit.rest.issues.updateComment({ ...this.#repository(), comment_id: id, body }),
    );
    return data.html_url;
  }

  async remove(id: number) {
    await this.#ask((octokit) => octokit.rest.issues.deleteComment({ ...this.#repository(), comment_id: id }));
  }

  #repository() {
    const [owner = "", repo = ""] = this.#pull.repository.split("/");
    return { owner, repo };
  }

  #issue() {
    return { ...this.#repository(), issue_number: this.#pull.number };
  }

  /** @throws UserError with what to do about GitHub's refusal */
  async #ask<T>(request: (octokit: Octokit) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await request(this.#octokit);
      } catch (error) {
        const refusal = refusalOf(error);
        if (!refusal.passes || attempt === attempts) throw new UserError(githubRefusal(this.#pull, refusal));
        await this.#pause(Math.min(refusal.pause ?? 1000 * 2 ** attempt, longestPause));
      }
    }
  }
}

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** What GitHub said, taken apart. */
export interface Refusal {
  /** HTTP status; none where there was no answer. */
  readonly status: number | undefined;
  readonly message: string;
  /** Whether it may be another in a moment. */
  readonly passes: boolean;
  /** Milliseconds that GitHub asks to wait. */
  readonly pause: number | undefined;
}

/** @param error what Octokit threw */
export function refusalOf(error: unknown): Refusal {
  const { status, message, response } = error as {
    status?: number;
    message: string;
    response?: { headers: Readonly<Record<string, string | undefined>> };
  };
  // Octokit gives 500 to a request that had no answer.
  const known = response === undefined ? undefined : status;
  const headers = response?.headers ?? {};
  const isLimit =
    known === 429 || (known === 403 && (headers["x-ratelimit-remaining"] === "0" || "retry-after" in headers));
  const seconds = Number(headers["retry-after"] ?? Number.NaN);
  return {
    status: known,
    message: message.split("\n")[0] ?? "",
    passes: known === undefined || known >= 500 || isLimit,
    pause: Number.isFinite(seconds) ? seconds * 1000 : undefined,
  };
}

/** One line on a refusal: what it was about, and what to do. */
export function githubRefusal({ repository, number }: Pull, { status, message, passes }: Refusal): string {
  const said = `the comment on ${repository}#${number}: GitHub ${status === undefined ? "did not answer" : `answered ${status}`} (${message})`;
  return `${said}. ${mendOf(status, passes)}`;
}

function mendOf(status: number | undefined, passes: boolean): string {
  if (passes) return "Run it again in some minutes";
  switch (status) {
    case 401:
      return "The token is not valid (any more): give another one as GITHUB_TOKEN";
    case 403:
      return "The token may not write here. In a workflow: permissions: { pull-requests: write }; for a pull request from a fork it never may";
    case 404:
      return "There is no such repository or pull request, or the token may not see it";
    case 410:
      return "The repository takes no issues or comments";
    default:
      return "Mend what it says";
  }
}
