import type { z } from "zod";

/** One thing wrong with what the user wrote: where, what stands there, what may stand there, and how to mend it. */
export interface Mistake {
  /** Where, as the user would type it: `slipway:host.region`, `examples/notes/compose.yaml: services.web`. */
  readonly path: string;
  /** What is wrong, with the value, without a final stop. */
  readonly what: string;
  /** What is allowed, if it can be listed or described. */
  readonly allowed?: string;
  /** A line to paste, or a sentence that says what to change. */
  readonly mend?: string;
}

/** All mistakes of one reading of the settings. Its message is what the user sees; it never needs a stack trace. */
export class SettingsError extends Error {
  readonly mistakes: readonly Mistake[];

  constructor(stack: string, mistakes: readonly Mistake[]) {
    super(describeMistakes(stack, mistakes));
    this.name = "SettingsError";
    this.mistakes = mistakes;
  }
}

/** The text a user sees for `mistakes`: one paragraph each, nothing else. */
export function describeMistakes(stack: string, mistakes: readonly Mistake[]): string {
  const count = mistakes.length === 1 ? "1 mistake" : `${mistakes.length} mistakes`;
  const paragraphs = mistakes.map(({ path, what, allowed, mend }) =>
    [`  ${path}: ${what}`, allowed && `      allowed: ${allowed}`, mend && `      mend: ${mend}`]
      .filter(Boolean)
      .join("\n"),
  );
  return [`${count} in the settings of stack ${stack}; nothing was changed`, ...paragraphs].join("\n");
}

/** `value` as it may be shown in a message: JSON, cut at 60 characters. */
export function show(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** The member of `allowed` closest to `value` by edit distance, if one is near enough to be what was meant. */
export function nearest<Name extends string>(value: string, allowed: readonly Name[]): Name | undefined {
  const ranked = allowed
    .map((candidate) => ({ candidate, distance: editDistance(value, candidate) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best && best.distance <= Math.max(2, Math.floor(value.length / 3)) ? best.candidate : undefined;
}

/**
 * The mistakes zod found in a value that stands at `root`.
 * @param value the value that was parsed; shown where an issue points to a part of it
 */
export function fromZod(root: string, value: unknown, error: z.ZodError): Mistake[] {
  return error.issues.flatMap((issue) => fromIssue(root, value, issue));
}

/** `section` less its own keys that `error` is about. */
export function withoutMistakes(section: unknown, error: z.ZodError): unknown {
  if (typeof section !== "object" || section === null) return section;
  const wrong = new Set(
    error.issues.flatMap((issue) =>
      issue.code === "unrecognized_keys" && issue.path.length === 0 ? issue.keys : [issue.path[0]],
    ),
  );
  return Object.fromEntries(Object.entries(section).filter(([key]) => !wrong.has(key)));
}

function fromIssue(root: string, value: unknown, issue: z.core.$ZodIssue): Mistake[] {
  const path = join(root, issue.path);
  const found = at(value, issue.path);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => ({
        path: join(path, [key]),
        what: "unknown key",
        mend: "remove it or correct its name",
      }));
    case "invalid_type":
      return found === undefined
        ? [{ path, what: "missing", allowed: article(issue.expected) }]
        : [{ path, what: `${show(found)} has the wrong type`, allowed: article(issue.expected) }];
    case "invalid_value":
      return [
        {
          path,
          what: found === undefined ? "missing" : `${show(found)} is not allowed`,
          allowed: issue.values.join(", "),
        },
      ];
    case "invalid_union":
      // Where a tag tells the shapes apart, the issue stands at the tag.
      return found === undefined
        ? [{ path, what: "missing", ...note(issue) }]
        : [{ path, what: `${show(found)} is not allowed`, ...note(issue) }];
    default:
      return [
        {
          path,
          what: found === undefined ? "missing" : `${show(found)} is not allowed`,
          allowed: issue.message,
        },
      ];
  }
}

function note(issue: z.core.$ZodIssueInvalidUnion): Pick<Mistake, "allowed"> {
  const options = "options" in issue && Array.isArray(issue.options) ? issue.options.join(", ") : undefined;
  return options ? { allowed: options } : issue.message !== "Invalid input" ? { allowed: issue.message } : {};
}

function join(root: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) =>
      typeof key === "number"
        ? `${text}[${key}]`
        : text === "" || /[:.] $/.test(text)
          ? `${text}${String(key)}`
          : `${text}.${String(key)}`,
    root,
  );
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null ? (inner as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );
}

function article(expected: string): string {
  const word = expected === "record" ? "object" : expected;
  return /^[aeio]/.test(word) ? `an ${word}` : `a ${word}`;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const substitution = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(substitution, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
