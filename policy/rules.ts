import type { Facts, SeenFacts } from "./facts";
import type { Breach, PlannedResource, Rule } from "./rule";
import { databaseOpen } from "./rules/databaseOpen";
import { dataUnprotected } from "./rules/dataUnprotected";
import { imageByTag } from "./rules/imageByTag";
import { machineReplaced } from "./rules/machineReplaced";
import { noBackup } from "./rules/noBackup";
import { powerGranted } from "./rules/powerGranted";
import { secretInClear } from "./rules/secretInClear";
import { sshFromAnywhere } from "./rules/sshFromAnywhere";

/** Every rule there is. */
export const rules: readonly Rule[] = [
  sshFromAnywhere,
  databaseOpen,
  dataUnprotected,
  imageByTag,
  secretInClear,
  noBackup,
  machineReplaced,
  powerGranted,
];

/** Whether a breach of the rule stops a stack: in production, or everywhere, unless its owner has said why not. */
export function isRefused({ name, everywhere = false }: Rule, { production, accepted }: Facts): boolean {
  return (production || everywhere) && accepted[name] === undefined;
}

/** What is told and not refused: breaches of stacks that are no production, and accepted ones with the reason. */
export function advice(resources: readonly PlannedResource[], facts: SeenFacts): readonly Breach[] {
  return rules
    .filter((rule) => !isRefused(rule, facts))
    .flatMap((rule) => {
      const why = facts.accepted[rule.name];
      const note = why === undefined ? `${rule.name}, refused in production` : `${rule.name}, accepted: ${why}`;
      const found = [...(rule.ofSettings?.(facts) ?? []), ...(rule.ofResources?.(resources, facts) ?? [])];
      return found.map(({ message, urn }) => ({
        message: `(${note}) ${message}`,
        ...(urn === undefined ? {} : { urn }),
      }));
    });
}
