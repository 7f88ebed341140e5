import { UserError } from "../lib/userError";
import { leavePlace, type Place, placeOf, takePlace } from "../rehearsal/place";
import { askedBelow, askedFor, fileBeside, PASSPHRASE, prepare, sshFromOf } from "../rehearsal/prepare";
import { Rehearsal } from "../rehearsal/rehearsal";
import { reportText, Steps } from "../rehearsal/report";
import { ensureToolchain, type Toolchain } from "../setup/toolchain";
import { describeChanges } from "../stack/pulumiStack";
import { purgeSandbox, startSandbox } from "../stack/sandbox";
import { Workspace } from "../stack/workspace";

/** What people read who ask the verb for help. */
export const rehearseHelp = `
Brings the stack up with its real settings in a sandbox of its own, looks at it, brings it up again, destroys it, and prints a
report. The stack's own file and state are only read, no account is asked for anything, and no secret of the stack is used.
Exit code: 0 if all went well. If something did not, the sandbox is left up so that you can look.

  ./scripts/rehearse prod
  ./scripts/rehearse prod --keep                 leave it up; ./scripts/rehearse prod --down takes it away
  ./scripts/rehearse prod --value shop.STRIPE_API_KEY=sk_test_1      a stand-in of the form the app needs
  ./scripts/rehearse prod --own-secrets          with the secrets that PULUMI_CONFIG_PASSPHRASE opens; see docs/rehearse.md first`;

/** What stands on the command line. */
export interface RehearseOptions {
  readonly keep?: boolean;
  readonly down?: boolean;
  readonly ownSecrets?: boolean;
  /** `KEY=VALUE` each. */
  readonly value: readonly string[];
}

/** Runs a stack's real settings through a sandbox of its own. @returns the exit code */
export async function rehearse(stack: string, options: RehearseOptions): Promise<number> {
  if (options.down) return down(stack);
  // Both before the place's own passphrase takes the person's place.
  const asked = askedFor(stack, options.ownSecrets ?? false);
  const below = askedBelow(asked, options.ownSecrets ?? false);
  const given = valuesOf(options.value);
  const toolchain = await ensureToolchain();
  const place = await takePlace(stack);
  lead(place);
  try {
    await startSandbox();
    const steps = new Steps();
    const foundation = below && { stack: below.stack, derived: await prepare(below, place, given) };
    if (foundation) {
      await steps.do(`up of ${foundation.stack}, whose machine it is`, () =>
        bringUp(foundation.stack, place, toolchain),
      );
    }
    const derived = await prepare(asked, place, given, foundation);
    if (steps.areGood) {
      lead(place);
      const workspace = new Workspace(stack, place.slot, toolchain);
      const sshFrom = sshFromOf(foundation?.derived ?? derived);
      await new Rehearsal(workspace, derived.document, steps, sshFrom).run({ keep: options.keep ?? false });
    }
    const stays = options.keep || !steps.areGood;
    if (!stays) await end(place);
    process.stdout.write(`${reportText(steps.all, derived.replaced)}\n`);
    if (stays) process.stdout.write(`${wayOf(stack, place)}\n`);
    return steps.areGood ? 0 : 1;
  } catch (error) {
    await end(place);
    throw error;
  }
}

/** Brings up the stack whose machine the rehearsed one is on. @returns what was changed */
async function bringUp(stack: string, place: Place, toolchain: Toolchain): Promise<string> {
  lead({ ...place, file: fileBeside(place, stack) });
  const workspace = new Workspace(stack, place.slot, toolchain);
  await workspace.open();
  await workspace.run(["up", "--yes", "--skip-preview"]);
  return describeChanges(await workspace.lastChanges());
}

async function down(stack: string): Promise<number> {
  const place = placeOf(stack);
  if (!place) throw new UserError(`there is no rehearsal of stack ${stack}`);
  lead(place);
  await end(place);
  process.stdout.write(`The rehearsal of ${stack} is gone\n`);
  return 0;
}

/** The sandbox goes as a whole: what was in it was for this rehearsal only. */
async function end(place: Place): Promise<void> {
  await purgeSandbox();
  leavePlace(place);
}

/** Leads everything that is started from here to the rehearsal, away from the person's own stacks and accounts. */
function lead({ slot, file }: Place): void {
  process.env.SLIPWAY_SANDBOX_SLOT = String(slot.number);
  process.env.SLIPWAY_STACK_FILE = file;
  process.env.PULUMI_CONFIG_PASSPHRASE = PASSPHRASE;
  delete process.env.PULUMI_CONFIG_PASSPHRASE_FILE;
}

function wayOf(stack: string, { slot, file }: Place): string {
  return `It is left up, in slot ${slot.number}.
  to look:      export SLIPWAY_SANDBOX_SLOT=${slot.number} SLIPWAY_STACK_FILE=${file} PULUMI_CONFIG_PASSPHRASE=${PASSPHRASE}
                ./scripts/sandbox status; ./scripts/slipway --stack ${stack} status; ./scripts/pulumi --stack ${stack} preview
  to take down: ./scripts/rehearse ${stack} --down`;
}

/** `shop.KEY=VALUE` by full key. */
function valuesOf(given: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    given.map((text) => {
      const split = text.indexOf("=");
      if (split < 1) throw new UserError(`--value ${text}: expected KEY=VALUE, e.g. shop.STRIPE_API_KEY=sk_test_1`);
      const key = text.slice(0, split);
      return [key.includes(":") ? key : `slipway:${key}`, text.slice(split + 1)];
    }),
  );
}
