import { checkout } from "../setup/cache";
import { isAtLeast, type Pulumi } from "../setup/pulumi";

/** The oldest CLI that starts a pack which is a program; an older one starts the folder, with its own language host. */
const oldestForPrograms = "3.255.0";

/** What makes Pulumi ask the policies of this checkout, for `preview`, `up` and `refresh`. */
export function policyArguments({ version }: Pick<Pulumi, "version">): string[] {
  return ["--policy-pack", isAtLeast(version, oldestForPrograms) ? checkout("policy", "serve") : checkout("policy")];
}
