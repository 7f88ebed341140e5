import type { Context } from "hono";
import type * as z from "zod";
import { ApiError, refused } from "./errors";

/** Reads a JSON body by a schema; no body at all counts as `{}`. Throws the API's 400 or 422. */
export async function readAsked<S extends z.ZodType>(c: Context, schema: S): Promise<z.output<S>> {
  const text = await c.req.text();
  let value: unknown;
  try {
    value = text.trim() === "" ? {} : JSON.parse(text);
  } catch {
    throw new ApiError(400, "Problems parsing JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ApiError(400, "Body should be a JSON object");
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw refused(`Invalid request.\n\n${result.error.issues.map((issue) => wording(issue, value)).join("\n")}`);
}

function wording(issue: z.core.$ZodIssue, body: object): string {
  const given = issue.path.reduce<unknown>((value, part) => (value as Record<PropertyKey, unknown>)?.[part], body);
  if (given === undefined) return `"${String(issue.path.at(-1))}" wasn't supplied.`;
  const where = issue.path.map((part) => (typeof part === "number" ? String(part) : `properties/${String(part)}`));
  const type = issue.code === "invalid_type" ? (issue.expected === "int" ? "integer" : issue.expected) : undefined;
  return `For '${where.join("/")}', ${
    type === undefined ? issue.message : `${JSON.stringify(given)} is not ${article(type)}.`
  }`;
}

function article(type: string): string {
  return /^[aeio]/.test(type) ? `an ${type}` : `a ${type}`;
}
