/** What a preview needs to know of GitHub: which pull requests are open, and whether this run is of a fork's. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import { UserError } from "../lib/userError";

type Environment = Readonly<Record<string, string | undefined>>;

const Event = z.looseObject({
  pull_request: z
    .looseObject({
      head: z.looseObject({ repo: z.looseObject({ full_name: z.string() }).nullable() }),
      base: z.looseObject({ repo: z.looseObject({ full_name: z.string() }) }),
    })
    .optional(),
});

/** Whoever opens a pull request from a fork would have his code run beside the team's. @throws UserError if this run is of such a one */
export function refuseFork({ GITHUB_EVENT_PATH: path }: Environment): void {
  if (!path) return;
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return;
  }
  const { pull_request: pull } = Event.safeParse(JSON.parse(text)).data ?? {};
  if (!pull || pull.head.repo?.full_name === pull.base.repo.full_name) return;
  throw new UserError(
    `this pull request is from ${pull.head.repo?.full_name ?? "a fork that is gone"}, not from a branch of ${pull.base.repo.full_name}: ` +
      "it gets a plan and no environment, since its code would run beside the team's",
  );
}

/**
 * Numbers of a repository's open pull requests; undefined where there is nobody to ask for.
 * @param repository OWNER/NAME
 * @throws UserError if GitHub refuses
 */
export async function openPulls(
  repository: string | undefined,
  env: Environment,
): Promise<readonly number[] | undefined> {
  if (!repository || !(env.GITHUB_TOKEN || env.GH_TOKEN)) return undefined;
  const [owner = "", repo = ""] = repository.split("/");
  // Slow to load, and most runs ask GitHub nothing.
  const { githubClient, refusalOf } = await import("../pulls/github");
  const octokit = githubClient(env);
  try {
    const pulls = await octokit.paginate(octokit.rest.pulls.list, { owner, repo, state: "open", per_page: 100 });
    return pulls.map(({ number }) => number);
  } catch (error) {
    const { status, message } = refusalOf(error);
    throw new UserError(
      `GitHub does not say which pull requests of ${repository} are open (${status ?? message}); its token needs pull-requests: read`,
    );
  }
}
