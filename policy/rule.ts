import type { Facts, RuleName, SeenFacts } from "./facts";

/** A resource as Pulumi plans it, values that are only known later left out. */
export interface PlannedResource {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  /** Whether Pulumi refuses to destroy it. */
  readonly protect: boolean;
  /** Its outputs. */
  readonly props: Readonly<Record<string, unknown>>;
  /** URNs of what it depends on. */
  readonly dependsOn: readonly string[];
}

/** A place where a rule is broken. */
export interface Breach {
  /** Where, what is wrong, and how to mend it. */
  readonly message: string;
  /** The resource that it is about; the facts themselves where left out. */
  readonly urn?: string;
}

/** One rule. It decides in plain data. */
export interface Rule {
  readonly name: RuleName;
  /** What it is for, in a sentence. */
  readonly description: string;
  /** Whether it holds for stacks that are no production, too. */
  readonly everywhere?: boolean;
  /** Breaches that the settings alone tell: they are refused before the first resource is made. */
  ofSettings?(facts: Facts): readonly Breach[];
  /** Breaches that the planned resources tell. */
  ofResources?(resources: readonly PlannedResource[], facts: SeenFacts): readonly Breach[];
}

/** The text of a breach. @param where setting or file @param what is wrong, with the value */
export function breach(where: string, what: string, mend: string): Breach {
  return { message: `${where}: ${what}\n  mend: ${mend}` };
}

/** The same of a resource. */
export function breachOf(resource: PlannedResource, what: string, mend: string): Breach {
  const kind = resource.type.split(":").at(-1) ?? resource.type;
  return { ...breach(`${kind} ${resource.name}`, what, mend), urn: resource.urn };
}
