import type { Context } from "hono";
import type * as z from "zod";

/** A request body that is no JSON or not of the form that is due. `status` is 400 for the first and 422 for the second. */
export class BadBody extends Error {
  override readonly name = "BadBody";
  readonly status: 400 | 422;

  constructor(status: 400 | 422, message: string) {
    super(message);
    this.status = status;
  }
}

/** Reads a JSON body by a schema; no body at all counts as `{}`. Throws {@link BadBody}. */
export async function readBody<S extends z.ZodType>(c: Context, schema: S): Promise<z.output<S>> {
  const text = await c.req.text();
  let value: unknown;
  try {
    value = text.trim() === "" ? {} : JSON.parse(text);
  } catch (error) {
    throw new BadBody(400, `the body is not JSON: ${(error as Error).message}`);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new BadBody(
    422,
    result.error.issues
      .map((issue) => (issue.path.length === 0 ? issue.message : `${issue.path.join(".")}: ${issue.message}`))
      .join("; "),
  );
}
