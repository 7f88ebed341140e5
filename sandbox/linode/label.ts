import type { Reason } from "./errors";

/** The rules for the labels of one kind of thing. */
export interface LabelRules {
  readonly least: number;
  readonly most: number;
  /** Letters and digits go everywhere, these beside them. */
  readonly marks: string;
  /** How the API names the letters that are allowed. */
  readonly allowed: string;
  /** Whether it must begin with a letter. */
  readonly letterFirst?: boolean;
  /** How the API names the things that no two labels may be the same of, e.g. `linodes`. */
  readonly among: string;
}

/** What is wrong with a label, in the API's words. @param others the labels of the other things of its kind */
export function labelFaults(label: string, rules: LabelRules, others: readonly string[], field = "label"): Reason[] {
  const { least, most, marks } = rules;
  const faults: string[] = [];
  if (label.length < least || label.length > most) faults.push(`Length must be ${least}-${most} characters`);
  if ([...label].some((letter) => !/[a-zA-Z0-9]/.test(letter) && !marks.includes(letter))) {
    faults.push(`Must only use ASCII letters, numbers, ${rules.allowed}`);
  }
  if (rules.letterFirst && !/^[a-zA-Z]/.test(label)) faults.push("Must begin with a letter");
  if (/^[._-]|[._-]$/.test(label)) faults.push("Must begin and end with an alphanumeric character");
  if (/--|__|\.\./.test(label)) {
    faults.push("Must not have two dashes (--), underscores (__) or periods (..) in a row");
  }
  if (others.includes(label)) faults.push(`Label must be unique among your ${rules.among}`);
  return faults.map((reason) => ({ reason, field }));
}
