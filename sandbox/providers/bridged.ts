/** What all resources of a plugin made from a Terraform provider have in common. */
import { randomBytes } from "node:crypto";
import type { Resource } from "./resource";
import type { Properties, Value } from "./wire";

/** Rules for a name that is made up when the program gives none. */
export interface Autoname {
  readonly maxLength: number;
  readonly lowerCase?: boolean;
}

/**
 * Fills in defaults and a name, and notes under `__defaults` which they were: a made-up name stays for the resource's
 * life, and lets a new one stand beside the old.
 */
export function completion(defaults: Properties, autoname?: Autoname): NonNullable<Resource["complete"]> {
  return (given, olds, name) => {
    const missing = Object.entries(defaults).filter(([property]) => given[property] === undefined);
    const added: Record<string, Value | undefined> = Object.fromEntries(missing);
    if (autoname !== undefined && given.name === undefined) {
      const kept = Array.isArray(olds.__defaults) && olds.__defaults.includes("name") ? olds.name : undefined;
      added.name = kept ?? madeUpName(autoname, name);
    }
    return { ...given, ...added, __defaults: Object.keys(added).sort() };
  };
}

/** The resource's name in the program and seven random digits. */
function madeUpName({ maxLength, lowerCase }: Autoname, name: string): string {
  const base = lowerCase === true ? name.toLowerCase() : name;
  return `${base.slice(0, maxLength - 8)}-${randomBytes(4).toString("hex").slice(0, 7)}`;
}

/** Inputs less the bookkeeping. */
export function withoutNotes(inputs: Properties): Properties {
  return Object.fromEntries(Object.entries(inputs).filter(([name]) => !name.startsWith("__")));
}

/** A list input as texts. */
export function texts(value: Value | undefined): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
