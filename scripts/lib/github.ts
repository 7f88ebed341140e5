/** What GitHub Actions reads of a step: its page, and its outputs. Where there is no such place, nothing is written. */
import { appendFileSync } from "node:fs";

type Environment = Readonly<Record<string, string | undefined>>;

/** Adds Markdown to the page of the run. */
export function writeSummary(markdown: string, env: Environment = process.env): void {
  if (env.GITHUB_STEP_SUMMARY) appendFileSync(env.GITHUB_STEP_SUMMARY, `${markdown.trimEnd()}\n\n`);
}

/** Gives the step an output that later ones read. @param value one line */
export function writeOutput(name: string, value: string, env: Environment = process.env): void {
  if (env.GITHUB_OUTPUT) appendFileSync(env.GITHUB_OUTPUT, `${name}=${value.replace(/[\r\n]+/g, " ")}\n`);
}

/** Address of the run that this is a step of; none outside of one. */
export function runUrl(env: Environment = process.env): string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: id } = env;
  return server && repository && id ? `${server}/${repository}/actions/runs/${id}` : undefined;
}
