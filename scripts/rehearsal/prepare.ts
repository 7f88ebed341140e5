/** A stack's settings made ready for its rehearsal. */
import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse, stringify } from "yaml";
import { EXTENDS, extend, fileReader } from "../../stacks/settings/extends";
import { UserError } from "../lib/userError";
import { checkout } from "../setup/cache";
import { projectName, readStackFile } from "../stack/stackFile";
import { bareMachine } from "./bareMachine";
import { asking, catalogueShortfalls } from "./catalogue";
import { type Derived, derive, type StackDocument } from "./derive";
import { engine, planImages } from "./images";
import { ownerOf, zonesMadeBy } from "./owner";
import { Passphrase } from "./passphrase";
import type { Place } from "./place";

/** Everything a rehearsal's stack encrypts is encrypted with this; it stands in the README. */
export const PASSPHRASE = "rehearsal-only";

/** A stack that is to be rehearsed, as it is committed. */
export interface Asked {
  readonly stack: string;
  readonly document: StackDocument;
  /** The plain text behind one `secure:`, where it may and can be used. */
  open(sealed: string): string | undefined;
}

/**
 * Reads a stack's committed settings.
 * @param ownSecrets whether the stack's own secrets are to be used
 * @throws UserError if there are none, or their secrets can't be opened
 */
export function askedFor(stack: string, ownSecrets: boolean): Asked {
  return read(stack, readStackFile(stack).committed, ownSecrets);
}

function read(stack: string, committed: string, ownSecrets: boolean): Asked {
  const document = readDocument(stack, committed);
  return { stack, document, open: openerOf(document, ownSecrets) };
}

/** The stack whose machine a tenant is on; undefined for one with a machine of its own. @throws UserError if it can't be rehearsed here */
export function askedBelow({ document }: Asked, ownSecrets: boolean): Asked | undefined {
  const owner = ownerOf(document, projectName());
  if (owner === undefined) return undefined;
  const beside = process.env.SLIPWAY_STACK_FILE;
  const committed = beside === undefined ? readStackFile(owner).committed : fileBeside({ file: beside }, owner);
  const asked = read(owner, committed, ownSecrets);
  if (ownerOf(asked.document, projectName()) === undefined) return asked;
  throw new UserError(`slipway:host.stack: ${owner} has no machine of its own; name the stack whose machine it is on`);
}

/**
 * Derives a stack's settings and writes them where its rehearsal looks for them.
 * @param foundation the stack whose machine it is, derived, where it has none of its own
 * @throws UserError if the sandbox falls short of what the settings ask for
 */
export async function prepare(
  { stack, document, open }: Asked,
  place: Place,
  given: Readonly<Record<string, string>>,
  foundation?: { readonly stack: string; readonly derived: Derived },
): Promise<Derived> {
  const { slot } = place;
  const images = await planImages(document, checkout(), engine);
  const shortfalls = [...(await catalogueShortfalls(document, asking(slot))), ...images.shortfalls];
  if (shortfalls.length > 0) {
    throw new UserError(
      `stack ${stack} can't be rehearsed here; nothing ${foundation ? "of it " : ""}was brought up\n${shortfalls.map((line) => `  ${line}`).join("\n")}`,
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
    machine: hostOf(document).provider === "existing" ? await bareMachine(slot) : undefined,
    owner: foundation && { stack: foundation.stack, zones: zonesMadeBy(foundation.derived.document) },
  });
  writeFileSync(fileBeside(place, stack), stringify(derived.document, { lineWidth: 0 }), { mode: 0o600 });
  return derived;
}

/** Where the settings of a stack stand that takes part in a rehearsal. */
export function fileBeside({ file }: Pick<Place, "file">, stack: string): string {
  return join(dirname(file), `Pulumi.${stack}.yaml`);
}

function hostOf({ config = {} }: StackDocument): { provider?: string; sshFrom?: string[] } {
  return config["slipway:host"] ?? {};
}

/** Networks that may open an SSH connection to the machine of a derived stack. */
export function sshFromOf({ document }: Derived): readonly string[] {
  return hostOf(document).sshFrom ?? [];
}

function readDocument(stack: string, committed: string): StackDocument {
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
