import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { parse, stringify } from "yaml";
import { EXTENDS, extend, fileReader } from "../../stacks/settings/extends";
import { UserError } from "../lib/userError";
import { asking, catalogueShortfalls } from "../rehearsal/catalogue";
import { derive, type StackDocument } from "../rehearsal/derive";
import { engine, planImages } from "../rehearsal/images";
import { Passphrase } from "../rehearsal/passphrase";
import { leavePlace, type Place, placeOf, takePlace } from "../rehearsal/place";
import { Rehearsal } from "../rehearsal/rehearsal";
import { reportText, Steps } from "../rehearsal/report";
import { checkout } from "../setup/cache";
import { ensureToolchain } from "../setup/toolchain";
import { purgeSandbox, startSandbox } from "../stack/sandbox";
import { readStackFile } from "../stack/stackFile";
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

/** Everything a rehearsal's stack encrypts is encrypted with this; it stands in the README. */
const PASSPHRASE = "rehearsal-only";

/** Runs a stack's real settings through a sandbox of its own. @returns the exit code */
export async function rehearse(stack: string, options: RehearseOptions): Promise<number> {
  if (options.down) return down(stack);
  const document = readDocument(stack);
  const open = openerOf(document, options.ownSecrets ?? false);
  const given = valuesOf(options.value);
  const toolchain = await ensureToolchain();
  const place = await takePlace(stack);
  const { slot } = place;
  lead(place);
  try {
    await startSandbox();
    const images = await planImages(document, checkout(), engine);
    const shortfalls = [...(await catalogueShortfalls(document, asking(slot))), ...images.shortfalls];
    if (shortfalls.length > 0) {
      throw new UserError(
        `stack ${stack} can't be rehearsed here; nothing was brought up\n${shortfalls.map((line) => `  ${line}`).join("\n")}`,
      );
    }
    const passphrase = Passphrase.make(PASSPHRASE);
    const derived = derive(document, {
      slot,
      salt: passphrase.salt,
      seal: (value) => passphrase.seal(value),
      open,
      standIn: (key) => given[key] ?? randomBytes(24).toString("base64url"),
      buildArguments: images.buildArguments,
    });
    writeFileSync(place.file, stringify(derived.document, { lineWidth: 0 }), { mode: 0o600 });
    const steps = new Steps();
    await new Rehearsal(new Workspace(stack, slot, toolchain), derived.document, steps).run({
      keep: options.keep ?? false,
    });
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

function readDocument(stack: string): StackDocument {
  const { committed } = readStackFile(stack);
  const document = parse(readFileSync(committed, "utf8")) as StackDocument | null;
  if (!document?.config) throw new UserError(`${committed} has no config:; Pulumi.prod.yaml is a whole example`);
  const { config, mistakes } = extend(document.config, stack, fileReader(checkout()));
  const [mistake] = mistakes;
  if (mistake) throw new UserError(`${committed}: ${mistake.path}: ${mistake.what}`);
  const { [EXTENDS]: _, ...whole } = config;
  return { ...document, config: whole };
}

/** Opens what the person's own passphrase opens, if that is asked for. @throws UserError if it is, and can't be done */
function openerOf(document: StackDocument, wanted: boolean): (sealed: string) => string | undefined {
  if (!wanted) return () => undefined;
  const { PULUMI_CONFIG_PASSPHRASE: text, PULUMI_CONFIG_PASSPHRASE_FILE: path } = process.env;
  const passphrase = text ?? (path === undefined ? undefined : readFileSync(path, "utf8").trimEnd());
  if (passphrase === undefined)
    throw new UserError("--own-secrets needs PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE");
  const salt = document.encryptionsalt;
  const opener = typeof salt === "string" ? Passphrase.of(passphrase, salt) : undefined;
  if (!opener)
    throw new UserError(
      typeof salt === "string"
        ? "the passphrase is not the one of the stack's file"
        : "--own-secrets: the stack's file is not encrypted with a passphrase",
    );
  return (sealed) => opener.open(sealed);
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
