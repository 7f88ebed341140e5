/** A stack as it would be made from nothing, in a state of its own that is gone afterwards: for whoever has neither its state nor its secrets. */
import { randomBytes } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { stringify } from "yaml";
import { fileReader } from "../../stacks/settings/extends";
import { withPlaceholders } from "../planning/placeholders";
import type { StackDocument } from "../rehearsal/derive";
import { Passphrase } from "../rehearsal/passphrase";
import { checkout } from "../setup/cache";
import { ensurePlugins } from "../setup/plugins";
import { ensurePulumi, type Pulumi } from "../setup/pulumi";
import { PulumiStack } from "./pulumiStack";
import { isSandboxStack, readStackFile, whole } from "./stackFile";

/** @see the file's head */
export class StackFromNothing extends PulumiStack {
  /** Sections of the settings that are left out, as they would be looked up with a token. */
  readonly leftOut: readonly string[];
  readonly #folder: string;
  readonly #passphrase: string;
  readonly #home: string | undefined;

  private constructor(stack: string, pulumi: Pulumi, home: string | undefined, settings: StackDocument) {
    super(stack, pulumi);
    this.#home = home;
    this.#folder = mkdtempSync(join(tmpdir(), "slipway-plan-"));
    this.#passphrase = randomBytes(16).toString("hex");
    const { document, leftOut } = withPlaceholders(settings, Passphrase.make(this.#passphrase));
    this.leftOut = leftOut;
    mkdirSync(join(this.#folder, "state"));
    copyFileSync(checkout("Pulumi.yaml"), join(this.#folder, "Pulumi.yaml"));
    writeFileSync(this.settingsFile, stringify(document));
  }

  /** @throws UserError if the stack has no settings in this checkout, or there is no Pulumi to be had */
  static async open(stack: string): Promise<StackFromNothing> {
    const { document } = readStackFile(stack);
    const settings = whole(document, stack, fileReader(checkout())).toJS() as StackDocument;
    const pulumi = await ensurePulumi();
    const home = isSandboxStack(document) ? (await ensurePlugins(`${pulumi.folder}/pulumi`)).home : undefined;
    const made = new StackFromNothing(stack, pulumi, home, settings);
    await made.pulumi(["stack", "init", stack, "--no-select"], made.#folder);
    return made;
  }

  /** Removes its state. */
  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get settingsFile(): string {
    return join(this.#folder, `Pulumi.${this.stack}.yaml`);
  }

  withStack(args: readonly string[]): string[] {
    return [...args, "--stack", this.stack, "--config-file", this.settingsFile];
  }

  options() {
    return {
      cwd: checkout(),
      env: {
        PATH: `${this.pulumiCli.folder}${delimiter}${process.env.PATH ?? ""}`,
        PULUMI_BACKEND_URL: `file://${join(this.#folder, "state")}`,
        PULUMI_CONFIG_PASSPHRASE: this.#passphrase,
        PULUMI_SKIP_UPDATE_CHECK: "1",
        ...(this.#home === undefined
          ? {}
          : { PULUMI_HOME: this.#home, PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "1" }),
      },
    };
  }
}
