import { ApiError, refused } from "../errors";
import { checkName } from "../secrets/model";

/** A variable of Actions. Times in milliseconds since 1970. */
export interface Variable {
  name: string;
  value: string;
  readonly created: number;
  updated: number;
}

/** Bytes of one variable (docs.github.com, "Variables reference", 2026). */
const SIZE = 48 * 1024;

/** Puts a new variable into a list. Throws the API's 409 for a name that is taken, its 422 for what cannot be. */
export function addVariable(list: Variable[], asked: { readonly name: string; readonly value: string }, now: number) {
  checkName(asked.name, "Variable");
  checkValue(asked.value);
  if (findVariable(list, asked.name)) throw new ApiError(409, "Already exists - Variable already exists");
  list.push({ name: asked.name.toUpperCase(), value: asked.value, created: now, updated: now });
}

/** Changes name or value. */
export function changeVariable(
  variable: Variable,
  asked: { readonly name?: string | undefined; readonly value?: string | undefined },
  now: number,
): void {
  if (asked.name !== undefined) checkName(asked.name, "Variable");
  if (asked.value !== undefined) checkValue(asked.value);
  variable.name = asked.name?.toUpperCase() ?? variable.name;
  variable.value = asked.value ?? variable.value;
  variable.updated = now;
}

/** The variable of a name: case is no difference. */
export function findVariable(list: readonly Variable[], name: string): Variable | undefined {
  return list.find((known) => known.name === name.toUpperCase());
}

function checkValue(value: string): void {
  if (Buffer.byteLength(value) > SIZE) throw refused("Variable value is too large: it must be less than 48 KB");
}
