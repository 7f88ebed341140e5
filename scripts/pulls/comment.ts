/** The one comment that a pull request has of ours: made once, changed in place from then on. */
import { UserError } from "../lib/userError";

/** A comment as GitHub lists it, as far as it is looked at. */
export interface ListedComment {
  readonly id: number;
  readonly body: string;
  /** Login of who wrote it. */
  readonly author: string;
  readonly url: string;
}

/** What is asked of GitHub. */
export interface Comments {
  /** All comments on the pull request, oldest first. */
  list(): Promise<readonly ListedComment[]>;
  create(body: string): Promise<string>;
  update(id: number, body: string): Promise<string>;
  remove(id: number): Promise<void>;
}

/** What was done, and where the comment is. */
export interface Put {
  readonly done: "made" | "changed" | "left as it was";
  readonly url: string;
}

/** Characters that GitHub takes in a comment, less some for what it counts otherwise. */
export const mostCharacters = 65_000;

/** An HTML comment: nobody sees it. @throws UserError for a marker that could end it */
function markerLine(marker: string): string {
  if (!/^[\w.:/-]{1,100}$/.test(marker))
    throw new UserError(`--marker ${JSON.stringify(marker)}: letters, digits and . : / _ - are allowed, 100 at most`);
  return `<!-- slipway ${marker} -->`;
}

/** A body as it is sent: marked, and no longer than GitHub takes it. */
export function commentBody(marker: string, text: string): string {
  const line = markerLine(marker);
  const note = "\n\n… the rest is left out here; the page of the run has it whole.";
  const room = mostCharacters - line.length - 1;
  const body = text.length <= room ? text : `${closed(text.slice(0, room - note.length - 40))}${note}`;
  return `${line}\n${body}`;
}

/** A text that was cut, with what the cut left open. */
function closed(text: string): string {
  const whole = text.slice(0, Math.max(text.lastIndexOf("\n"), 0));
  const fences = [...whole.matchAll(/^`{3,}/gm)].length;
  const opened = [...whole.matchAll(/<details>/g)].length - [...whole.matchAll(/<\/details>/g)].length;
  return `${whole}${fences % 2 === 1 ? "\n```" : ""}${"\n</details>".repeat(Math.max(opened, 0))}`;
}

/**
 * Makes the comment, or changes the one that is there. Someone else's is never touched, whatever stands in it.
 * @param author login of who we are
 */
export async function putComment(
  comments: Comments,
  { marker, text, author }: { marker: string; text: string; author: string },
): Promise<Put> {
  const body = commentBody(marker, text);
  const ours = (await comments.list()).filter(
    (one) => one.author === author && one.body.startsWith(markerLine(marker)),
  );
  const [first, ...doubles] = ours;
  // Two runs at once may each have found none.
  for (const { id } of doubles) await comments.remove(id);
  if (!first) return { done: "made", url: await comments.create(body) };
  if (first.body === body) return { done: "left as it was", url: first.url };
  return { done: "changed", url: await comments.update(first.id, body) };
}
