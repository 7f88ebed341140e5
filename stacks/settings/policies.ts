/** `slipway:policies`: how the policy pack treats the stack. */
import { z } from "zod";
import { type RuleName, ruleNames } from "../../policy/facts";

/** @see the file's head */
export const Policies = z.strictObject({
  /** Whether breaches are refused. @default whether the machine is protected, or the stack's name says so */
  production: z.boolean().optional(),
  /** Why the breach of a rule is accepted, by the rule's name. */
  accept: z
    .record(z.string(), z.string().trim().min(8, "the reason, for those who come after you"))
    .superRefine((accepted, context) => {
      for (const name of Object.keys(accepted).filter((one) => !(ruleNames as readonly string[]).includes(one))) {
        context.addIssue({ code: "custom", path: [name], message: `a rule: ${ruleNames.join(", ")}` });
      }
    })
    .transform((accepted) => accepted as Partial<Record<RuleName, string>>)
    .prefault({}),
});
/** @see Policies */
export type Policies = z.output<typeof Policies>;

/** Whether a stack is taken for production: as its settings say, else by its protected machine or by its name. */
export function isProduction(stack: string, asked: boolean | undefined, isProtected: boolean): boolean {
  return asked ?? (isProtected || /^(.+-)?(prod|production|live)$/.test(stack));
}
