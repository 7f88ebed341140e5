/** The stack that previews are modelled on: its settings, its machine, and the stacks beside it. */
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { EXTENDS, extend, fileReader, type StackConfig } from "../../stacks/settings/extends";
import { fromZod, SettingsError } from "../../stacks/settings/mistakes";
import { Previews } from "../../stacks/settings/previews";
import { UserError } from "../lib/userError";
import { checkout } from "../setup/cache";
import { openStack } from "../stack/openStack";
import { Outputs } from "../stack/outputs";
import type { PulumiStack } from "../stack/pulumiStack";
import { projectName } from "../stack/stackFile";

/** Keys of a stack's file that say how its secrets are encrypted. */
const headKeys = ["secretsprovider", "encryptedkey", "encryptionsalt"] as const;

/** @see the file's head */
export class PreviewBase {
  readonly stack: PulumiStack;
  readonly project: string;
  /** Its configuration by full key, with what it takes over from others. */
  readonly config: StackConfig;
  /** How its secrets are encrypted; nothing where Pulumi Cloud does it. */
  readonly head: Readonly<Record<string, string>>;

  private constructor(stack: PulumiStack) {
    const document = parse(readFileSync(stack.settingsFile, "utf8")) as Record<string, unknown> | null;
    const own = (document?.config ?? {}) as StackConfig;
    const { config, mistakes } = extend(own, stack.stack, fileReader(checkout()));
    if (mistakes.length > 0) throw new UserError(new SettingsError(stack.stack, mistakes).message);
    const { [EXTENDS]: _, ...whole } = config;
    this.stack = stack;
    this.project = projectName();
    this.config = whole;
    this.head = Object.fromEntries(
      headKeys.flatMap((key) => (typeof document?.[key] === "string" ? [[key, document[key]]] : [])),
    );
  }

  /** @throws UserError if there is no such stack in this checkout, or its settings are no settings */
  static async open(name: string, options: { readonly sandbox?: boolean }): Promise<PreviewBase> {
    return new PreviewBase(await openStack(name, options));
  }

  /** What it says of previews. @throws UserError if it says nothing, or something wrong */
  previews(): Previews {
    const given = this.config["slipway:previews"];
    const file = `Pulumi.${this.stack.stack}.yaml`;
    if (given === undefined)
      throw new UserError(
        `${file} says nothing of previews; add: slipway:previews: { domain: previews.example.com }, see docs/preview-environments.md`,
      );
    const parsed = Previews.safeParse(given);
    if (parsed.success) return parsed.data;
    throw new UserError(new SettingsError(this.stack.stack, fromZod("slipway:previews", given, parsed.error)).message);
  }

  /** Who its machine is from. */
  get provider(): unknown {
    return (this.config["slipway:host"] as { provider?: unknown } | undefined)?.provider;
  }

  /** What it gives back of its machine; undefined where it has none. */
  async machine(): Promise<Outputs | undefined> {
    const outputs = await this.stack.outputs({ secrets: true }).catch((error: unknown) => {
      if (error instanceof UserError && /no stack named/.test(error.message)) return {};
      throw error;
    });
    const parsed = Outputs.safeParse(outputs);
    return parsed.success ? parsed.data : undefined;
  }
}
