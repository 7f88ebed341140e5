import type { Context } from "hono";
import type * as z from "zod";
import { ApiError, type Reason } from "./errors";

/** Reads a JSON body by a schema; no body at all counts as `{}`. Throws the API's 400 with a reason for each member. */
export async function readAsked<S extends z.ZodType>(c: Context, schema: S): Promise<z.output<S>> {
  const text = await c.req.text();
  let value: unknown;
  try {
    value = text.trim() === "" ? {} : JSON.parse(text);
  } catch {
    throw new ApiError(400, [{ reason: "Invalid JSON" }]);
  }
  return checked(schema, value);
}

/** A value by a schema. @param under the member of the body it is. Throws the API's 400 with a reason for each of its members */
export function checked<S extends z.ZodType>(schema: S, value: unknown, under?: string): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new ApiError(
    400,
    result.error.issues.map((issue) => wording(issue, value, under)),
  );
}

/** A member's name as the API writes it, e.g. `rules.inbound[0].ports`. */
export function fieldName(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    return text === "" ? String(part) : `${text}.${String(part)}`;
  }, "");
}

function wording(issue: z.core.$ZodIssue, body: unknown, under?: string): Reason {
  const name = fieldName(under === undefined ? issue.path : [under, ...issue.path]);
  const field = name === "" ? {} : { field: name };
  if (issue.code !== "invalid_type") return { reason: issue.message, ...field };
  const given = issue.path.reduce<unknown>((value, part) => (value as Record<PropertyKey, unknown>)?.[part], body);
  if (given === undefined) return { reason: `${String(issue.path.at(-1))} is required`, ...field };
  const type = issue.expected === "int" ? "integer" : issue.expected;
  return { reason: `Must be of type ${type[0]?.toUpperCase()}${type.slice(1)}`, ...field };
}
