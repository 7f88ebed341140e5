import { z } from "zod";

/** A list of records, of which no more is known than that. */
export const records = z.array(z.looseObject({}));

/**
 * A cloud's saved records; those of a sandbox that was saved before it knew of the cloud are the fresh ones. Throws on another outline.
 * @param outline enough to tell them from another file's
 */
export function parseSaved<S extends { readonly counters: object }>(value: unknown, fresh: S, outline: z.ZodType): S {
  if (value === undefined) return fresh;
  const result = outline.safeParse(value);
  if (!result.success) throw new Error(z.prettifyError(result.error));
  const saved = result.data as S;
  return { ...saved, counters: { ...fresh.counters, ...saved.counters } };
}
