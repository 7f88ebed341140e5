/** Which stack a tenant's machine belongs to, as far as a rehearsal of both goes. Plain data. */
import { UserError } from "../lib/userError";
import type { StackDocument } from "./derive";

/**
 * The stack of this project whose machine a stack is a tenant of; undefined for one with a machine of its own.
 * @throws UserError if it is another project's: its settings are not here
 */
export function ownerOf({ config = {} }: StackDocument, project: string): string | undefined {
  const { provider, stack } = (config["slipway:host"] ?? {}) as { provider?: string; stack?: unknown };
  if (provider !== "stack") return undefined;
  const [name = "", other = project] = String(stack).split("/").reverse();
  if (other === project) return name;
  throw new UserError(
    `slipway:host.stack: ${String(stack)} is a stack of project ${other}, whose settings are not here; a tenant is rehearsed together with the stack whose machine it is on`,
  );
}

/** Zones that a derived stack makes, each with its provider. */
export function zonesMadeBy({ config = {} }: StackDocument): readonly string[] {
  const dns = config["slipway:dns"] as { provider?: unknown; zone?: unknown } | undefined;
  return dns?.zone === undefined ? [] : [`${String(dns.provider)} ${String(dns.zone)}`];
}
