import { readOrigin } from "../../stacks/settings/origin";
import { checkout } from "../setup/cache";
import { onMachine } from "../ssh/machine";
import { attend } from "../ssh/remote";
import { stackOutputs } from "../stack/outputs";

/** What people read who call the verb without arguments. */
export const slipwayHelp = `
Runs a verb of the release engine on the machine of a stack, as sudo slipway VERB … does there. Everything behind VERB goes
there as it is; the exit code comes from there.

  ./scripts/slipway status                        what is live, and what is not as it should be
  ./scripts/slipway releases notes                every release tried: who, when, which commit, how it ended
  ./scripts/slipway releases notes 7              one of them with all it printed
  ./scripts/slipway logs notes web -f             what the app writes, until Ctrl-C
  ./scripts/slipway rollback notes                back to the release before
  ./scripts/slipway run notes -- python manage.py shell
  ./scripts/slipway maintenance notes on
  ./scripts/slipway --stack prod status --json
  ./scripts/slipway help                          all verbs there are; VERB --help explains one

The machine must show the host key that the stack knows. You log in with the key in SLIPWAY_SSH_KEY if that is set, else with
your ssh-agent's, else with the stack's own.`;

/** Runs a verb of the release engine on a stack's machine. @returns the exit code there */
export async function slipway(stack: string, argv: readonly string[]): Promise<number> {
  // The machine knows its user deploy only; the ledger is to name the person.
  const { actor } = readOrigin(process.env, checkout(), Date.now());
  const line = ["sudo", `SLIPWAY_ACTOR=${actor}`, "slipway", ...argv];
  return onMachine(stack, await stackOutputs(stack), (client) => attend(client, line, process));
}
