/** Checks of what stands on the command line. */
import { InvalidArgumentError } from "commander";
import { Name } from "../manifest";

/** Seconds, from 0 on, fractions allowed. */
export function seconds(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw new InvalidArgumentError("expected a number of seconds, e.g. 60");
  return value;
}

/** A whole number, from 0 on. */
export function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError("expected a whole number, e.g. 100");
  return value;
}

/** Number of a release. */
export function releaseNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("expected the number of a release, e.g. 4");
  return value;
}

/** Name of an app. */
export function appName(text: string): string {
  const name = Name.safeParse(text);
  if (!name.success) throw new InvalidArgumentError(name.error.issues[0]?.message ?? "expected an app's name");
  return name.data;
}
