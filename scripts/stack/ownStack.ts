/** A stack on the team's own state: what plain `pulumi` in this checkout works on, with the login and passphrase of whoever runs it. */
import { delimiter } from "node:path";
import { checkout } from "../setup/cache";
import { ensurePlugins } from "../setup/plugins";
import { ensurePulumi, type Pulumi } from "../setup/pulumi";
import { PulumiStack } from "./pulumiStack";
import { isSandboxStack, readStackFile } from "./stackFile";

/** @see the file's head */
export class OwnStack extends PulumiStack {
  /** Where its settings stand, if not in the place that Pulumi looks for them. */
  readonly #file: string | undefined;
  /** For `PULUMI_HOME`, where it is not the person's own. */
  readonly #home: string | undefined;

  private constructor(stack: string, pulumi: Pulumi, file: string | undefined, home: string | undefined) {
    super(stack, pulumi);
    this.#file = file;
    this.#home = home;
  }

  /** @throws UserError if the stack has no settings in this checkout, or there is no Pulumi to be had */
  static async open(stack: string): Promise<OwnStack> {
    const { committed, document } = readStackFile(stack);
    const pulumi = await ensurePulumi();
    // A stand-in of the sandbox's never gets near a real account.
    const home = isSandboxStack(document) ? (await ensurePlugins(`${pulumi.folder}/pulumi`)).home : undefined;
    return new OwnStack(stack, pulumi, committed === checkout(`Pulumi.${stack}.yaml`) ? undefined : committed, home);
  }

  get settingsFile(): string {
    return this.#file ?? checkout(`Pulumi.${this.stack}.yaml`);
  }

  /** For what concerns no single stack: which there are, and what each gives back. @throws UserError if there is no Pulumi to be had */
  static async project(): Promise<OwnStack> {
    return new OwnStack("", await ensurePulumi(), undefined, undefined);
  }

  withStack(args: readonly string[]): string[] {
    return [...args, "--stack", this.stack, ...(this.#file === undefined ? [] : ["--config-file", this.#file])];
  }

  options() {
    return {
      cwd: checkout(),
      env: {
        PATH: `${this.pulumiCli.folder}${delimiter}${process.env.PATH ?? ""}`,
        PULUMI_SKIP_UPDATE_CHECK: "1",
        ...(this.#home === undefined
          ? {}
          : { PULUMI_HOME: this.#home, PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "1" }),
      },
    };
  }
}
