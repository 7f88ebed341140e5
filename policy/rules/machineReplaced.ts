import type { SeenFacts } from "../facts";
import { breachOf, type PlannedResource, type Rule } from "../rule";

/** Where each cloud's machine has its address. */
const addresses: Readonly<Record<string, string>> = {
  "digitalocean:index/droplet:Droplet": "ipv4Address",
  "linode:index/instance:Instance": "ipAddress",
};

/**
 * A machine goes only when somebody has named it. Pulumi tells policies of what is planned, not of what was; but a machine whose address
 * is only known later, where the stack had one, is another machine.
 */
export const machineReplaced: Rule = {
  name: "machine-replaced",
  description: "A machine is replaced only with the consent of somebody who has named it.",
  ofResources(resources, facts) {
    const { machineBefore } = facts;
    if (machineBefore === undefined || facts.host.replace === machineBefore) return [];
    const machines = resources.filter(({ type }) => type in addresses);
    if (machines.some((machine) => addressOf(machine) === machineBefore)) return [];
    return machines.map((machine) =>
      breachOf(
        machine,
        `takes the place of ${machineBefore}, and what is on that one goes${consent(facts)}`,
        mend(machineBefore),
      ),
    );
  },
};

function addressOf({ type, props }: PlannedResource): unknown {
  return props[addresses[type] ?? ""];
}

function consent({ host }: SeenFacts): string {
  return host.replace === undefined ? "" : ` (slipway:host.replace names ${host.replace})`;
}

function mend(address: string): string {
  return `undo the change of region or provider; or, if it is meant, bring the data to safety and consent: slipway:host.replace: ${address}`;
}
