/** What a preview's stack is tagged with: what is known of it wherever its state is, before anything of it is made. */
import { z } from "zod";

/** Name of the tag. */
export const TAG = "slipway:preview";

/** Pulumi Cloud takes no more in a tag's value. */
const LONGEST = 256;

/** @see the file's head */
export const PreviewTag = z.object({
  /** Stack that it is modelled on. */
  on: z.string(),
  /** When it was made first, and when it may go, ISO 8601. */
  since: z.iso.datetime(),
  expires: z.iso.datetime(),
  /** Who asked for it last. */
  owner: z.string(),
  /** MB that its processes may take together, or the size of its own machine. */
  size: z.string(),
  url: z.string(),
});
/** @see PreviewTag */
export type PreviewTag = z.output<typeof PreviewTag>;

/** A tag's value. Names that are too long for it are cut. */
export function tagText(tag: PreviewTag): string {
  const text = (owner: string) => JSON.stringify({ ...tag, owner });
  return text(tag.owner.slice(0, Math.max(1, tag.owner.length - Math.max(0, text(tag.owner).length - LONGEST))));
}

/** Reads a stack's tags; undefined where it has no such tag. */
export function readTag(tags: Readonly<Record<string, string>>): PreviewTag | undefined {
  try {
    return PreviewTag.safeParse(JSON.parse(tags[TAG] ?? "")).data;
  } catch {
    return undefined;
  }
}
