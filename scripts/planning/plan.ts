/** What bringing a stack up would do, in plain data. */
import { type Cost, costOf } from "./cost";
import { type Dangers, dangersOf } from "./dangers";
import { graphOf } from "./graph";
import { compareGroups, type Group, groupOf } from "./groups";
import type { Fate, Preview, Step } from "./preview";
import type { PriceLists } from "./prices";
import { wordsOf } from "./words";

/** A rule of the policy pack that the plan goes against. */
export interface Violation {
  readonly policy: string;
  readonly message: string;
  /** Whether it stops the stack from being brought up. */
  readonly isMandatory: boolean;
}

/** @see the file's head */
export interface Plan {
  readonly stack: string;
  /** What a reader has to know of how it was made. */
  readonly notes: readonly string[];
  /** Why there is no plan, if there is none. */
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  readonly violations: readonly Violation[];
  /** How many resources have which fate, components apart. */
  readonly counts: Readonly<Record<Fate, number>>;
  readonly dangers: Dangers;
  /** What changes, by part of the environment; parts that stay as they are have no entry. */
  readonly parts: readonly { readonly title: string; readonly lines: readonly string[] }[];
  readonly cost: Cost;
  /** Mermaid's text; none where nothing changes. */
  readonly graph: string | undefined;
}

/** What a plan is made from, besides the preview. */
export interface PlanContext {
  readonly stack: string;
  readonly prices: PriceLists;
  readonly violations: readonly Violation[];
}

/** @see the file's head */
export function planOf({ steps, errors, warnings }: Preview, { stack, prices, violations }: PlanContext): Plan {
  const counts: Record<Fate, number> = { same: 0, create: 0, update: 0, replace: 0, delete: 0 };
  for (const { fate, isComponent } of steps) if (!isComponent) counts[fate] += 1;
  return {
    stack,
    notes: [],
    errors,
    warnings,
    violations,
    counts,
    dangers: dangersOf(steps),
    parts: partsOf(steps),
    cost: costOf(steps, prices),
    graph: graphOf(steps),
  };
}

/** In a plan's place, where it could not even be begun. */
export function noPlan(stack: string, error: string): Plan {
  return planOf({ config: {}, steps: [], errors: [error], warnings: [] }, { stack, prices: {}, violations: [] });
}

function partsOf(steps: readonly Step[]): Plan["parts"] {
  const byUrn = new Map(steps.map((step) => [step.urn, step]));
  const parts = new Map<string, { group: Group; steps: Step[] }>();
  for (const step of steps) {
    const group = groupOf(step, byUrn);
    const part = parts.get(group.title) ?? { group, steps: [] };
    part.steps.push(step);
    parts.set(group.title, part);
  }
  return [...parts.values()]
    .sort((one, other) => compareGroups(one.group, other.group))
    .map(({ group, steps: own }) => ({ title: group.title, lines: wordsOf(own) }))
    .filter(({ lines }) => lines.length > 0);
}

/** Whether anything would be done. */
export function changesNothing({ counts }: Plan): boolean {
  return counts.create + counts.update + counts.replace + counts.delete === 0;
}
