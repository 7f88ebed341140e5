/** Files of the engine's own on a host, read back: what is not as it was written is one line that says which file and what to do. */
import type * as z from "zod";
import { Failure } from "./failure";
import type { Files } from "./host";

/**
 * What a JSON file holds; `undefined` where there is none.
 * @param mend what to do about one that can't be read, as a sentence without its full stop
 * @throws Failure naming the file if it is torn, empty, or of another shape; its content, which may be secret, is never quoted
 */
export async function parsed<T>(
  files: Files,
  path: string,
  schema: z.ZodType<T>,
  mend: string,
): Promise<T | undefined> {
  const text = await files.read(path);
  if (text === undefined) return undefined;
  const found = schema.safeParse(jsonOf(text));
  if (found.success) return found.data;
  throw new Failure(`${path} is not what this slipway wrote: ${whyOf(text, found.error)}. ${mend}`);
}

/** What a text stands for; `undefined` where it is no JSON. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** In one line. */
function whyOf(text: string, { issues: [first] }: z.ZodError): string {
  if (text.trim() === "") return "it is empty";
  if (jsonOf(text) === undefined) return "it is not JSON, or was torn off";
  const at = first?.path.join(".");
  return [at, first?.message].filter(Boolean).join(": ");
}

/** A moment in milliseconds since 1970 as ISO 8601, whatever a record holds: a number that is no date is said as it is. */
export function isoText(milliseconds: number): string {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? `no date (${milliseconds})` : date.toISOString();
}
