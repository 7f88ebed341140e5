import { execFileSync } from "node:child_process";
import { userInfo } from "node:os";
import type { Origin } from "../../agent/manifest";

/** Who asks for a release and from which commit. CI says it by its own variables, a person's checkout by git. */
export function readOrigin(env: Readonly<Record<string, string | undefined>>, root: string, now: number): Origin {
  const commit = env.GITHUB_SHA ?? gitCommit(root);
  const run =
    env.GITHUB_SERVER_URL && env.GITHUB_REPOSITORY && env.GITHUB_RUN_ID
      ? `${env.GITHUB_SERVER_URL}/${env.GITHUB_REPOSITORY}/actions/runs/${env.GITHUB_RUN_ID}`
      : undefined;
  return {
    sequence: now,
    actor: env.GITHUB_ACTOR ?? env.USER ?? userInfo().username,
    ...(commit ? { commit } : {}),
    ...(run ? { run } : {}),
  };
}

/** The commit checked out at `root`, with `+` behind it when files differ from it; undefined outside a repository. */
function gitCommit(root: string): string | undefined {
  try {
    const git = (...args: string[]) =>
      execFileSync("git", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
    const commit = git("rev-parse", "--short=12", "HEAD");
    return git("status", "--porcelain") === "" ? commit : `${commit}+`;
  } catch {
    return undefined;
  }
}
