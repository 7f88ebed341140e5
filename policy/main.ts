/** The policy pack. Rules decide in plain data; here they are handed to Pulumi. */
import {
  type Policies,
  PolicyPack,
  type ReportViolation,
  type ResourceValidationArgs,
  type StackValidationArgs,
} from "@pulumi/policy";
import { bugText } from "../agent/bug";
import { FACTS, type Facts, type SeenFacts } from "./facts";
import { known, planned } from "./planned";
import type { Breach, PlannedResource, Rule } from "./rule";
import { advice, isRefused, rules } from "./rules";

/** What the settings tell is refused when the program registers them, first of all resources; the rest once all is planned. */
function policiesOf(rule: Rule): Policies {
  const { name, description, ofSettings, ofResources } = rule;
  const common = { description, enforcementLevel: "mandatory" as const };
  return [
    ...(ofSettings
      ? [
          {
            ...common,
            name,
            validateResource({ type, props }: ResourceValidationArgs, report: ReportViolation) {
              if (type !== FACTS) return;
              const facts = known(props) as Facts;
              if (isRefused(rule, facts)) tell(() => ofSettings(facts), report);
            },
          },
        ]
      : []),
    ...(ofResources
      ? [
          {
            ...common,
            // Policies of one pack can't share a name.
            name: ofSettings ? `${name}-in-resources` : name,
            validateStack(args: StackValidationArgs, report: ReportViolation) {
              const { resources, facts } = seen(args);
              if (facts && isRefused(rule, facts)) tell(() => ofResources(resources, facts), report);
            },
          },
        ]
      : []),
  ];
}

/** What is planned, and what the program said of it; that is missing where the program failed. */
function seen(args: StackValidationArgs): { resources: readonly PlannedResource[]; facts: SeenFacts | undefined } {
  const resources = args.resources.map(planned);
  const facts = resources.find(({ type }) => type === FACTS)?.props;
  return {
    resources,
    facts: facts !== undefined && "production" in facts ? (facts as unknown as SeenFacts) : undefined,
  };
}

/** A rule that breaks on what is planned must not quote it: Pulumi shows an error whole. */
function tell(breaches: () => readonly Breach[], report: ReportViolation): void {
  try {
    for (const { message, urn } of breaches()) report(message, urn);
  } catch (thrown) {
    throw new Error(bugText(thrown));
  }
}

new PolicyPack("slipway", {
  policies: [
    ...rules.flatMap(policiesOf),
    {
      name: "not-refused",
      description: "What stays possible here: it would be refused in production, or somebody has accepted it.",
      enforcementLevel: "advisory",
      validateStack(args, report) {
        const { resources, facts } = seen(args);
        const told = facts ? advice(resources, facts) : [];
        // In one piece: each report repeats the description.
        if (told.length > 0) report(told.map(({ message }) => message).join("\n"));
      },
    },
  ],
});
