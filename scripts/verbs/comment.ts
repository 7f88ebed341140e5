import { readFileSync } from "node:fs";
import { redact } from "../lib/redact";
import { UserError } from "../lib/userError";
import { putComment } from "../pulls/comment";
import { GithubComments, githubClient } from "../pulls/github";

/** @see comment */
export interface CommentOptions {
  readonly repository?: string;
  readonly file: string;
  readonly marker: string;
}

/** Puts a file's text on a pull request as one comment, which is changed in place when it is there already. @throws UserError with what to do */
export async function comment(number: string, { repository, file, marker }: CommentOptions): Promise<void> {
  if (!/^[1-9]\d{0,9}$/.test(number)) throw new UserError(`${JSON.stringify(number)} is no number of a pull request`);
  const pull = { repository: repository ?? process.env.GITHUB_REPOSITORY ?? "", number: Number(number) };
  const text = redact(textOf(file), process.env);
  const comments = new GithubComments(pull, githubClient(process.env));
  const { done, url } = await putComment(comments, { marker, text, author: await comments.author(process.env) });
  process.stdout.write(`${done}: ${url}\n`);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UserError(`${file} can't be read: ${(error as NodeJS.ErrnoException).code}`);
  }
}
