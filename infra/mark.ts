/** What a stack marks as its own on a cloud, a host or a database server: whoever deletes asks the mark, never the name alone. */
import { createHmac } from "node:crypto";

/** A mark's own alphabet. */
export const MARK = /^[0-9a-f]{12}$/;

/** What a cloud's tag begins with that is a mark. DigitalOcean takes letters, digits, `:`, `-` and `_`, Linode 3 to 50 of any. */
const PREFIX = "slipway:";

/**
 * The mark of all that is made by the holders of a machine's key for `deploy`: it is made at random in one state, and in no other, however
 * alike two states' stacks are called. A digest under that key, from which it can't be told.
 * @param deployKey private key, OpenSSH form
 */
export function markOf(deployKey: string): string {
  return createHmac("sha256", deployKey.trim()).update("slipway mark").digest("hex").slice(0, 12);
}

/** A mark as a tag of a cloud's. */
export function tagOf(mark: string): string {
  return `${PREFIX}${mark}`;
}

/** The marks among a thing's tags; a cloud may have changed their case. */
export function marksIn(tags: readonly string[]): readonly string[] {
  return tags.flatMap((tag) => {
    const [prefix, mark] = [tag.slice(0, PREFIX.length), tag.slice(PREFIX.length)].map((part) => part.toLowerCase());
    return prefix === PREFIX && mark !== undefined && MARK.test(mark) ? [mark] : [];
  });
}

/** The name of what can bear no tag, with the mark in it. */
export function markedName(name: string, mark: string): string {
  return `${name}.${mark}`;
}

/** A name with a mark in it, taken apart; without one it is the name alone. */
export function readMarkedName(name: string): { readonly name: string; readonly mark?: string } {
  const found = /^(.+)\.([0-9a-f]{12})$/.exec(name);
  return found?.[1] !== undefined && found[2] !== undefined ? { name: found[1], mark: found[2] } : { name };
}

/** What is told of whose a database is. */
export interface Remark {
  /** `PROJECT/STACK`. */
  readonly stack: string;
  readonly mark: string;
}

/** The comment that a database and its role bear from their making. */
export function remarkOf({ stack, mark }: Remark): string {
  return `slipway ${stack} ${mark}`;
}

/** Reads such a comment; undefined for any other. */
export function readRemark(comment: string | null | undefined): Remark | undefined {
  const found = /^slipway ([\w.-]+\/[\w.-]+) ([0-9a-f]{12})$/.exec(comment ?? "");
  return found?.[1] !== undefined && found[2] !== undefined ? { stack: found[1], mark: found[2] } : undefined;
}
