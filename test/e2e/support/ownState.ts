/** Pulumi on a state of its own, as a team's CI runs it: its own backend, its own passphrase, the toolchain's CLI and plugins. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { stringify } from "yaml";
import type { Outcome } from "./stack";

const root = process.cwd();

/** @see the file's head */
export class OwnState {
  /** Goes with the state. */
  readonly folder = mkdtempSync(join(tmpdir(), "slipway-state-"));
  /** The stack's name. */
  readonly stack: string;
  #env: Record<string, string> = {};

  constructor(stack: string) {
    this.stack = stack;
  }

  /** The stack's settings. */
  get file(): string {
    return join(this.folder, `Pulumi.${this.stack}.yaml`);
  }

  /**
   * Makes the stack. @param backend for `PULUMI_BACKEND_URL`; a folder where left out
   * @param env what the backend asks for besides
   */
  async open({
    backend = `file://${this.folder}`,
    env = {},
  }: {
    readonly backend?: string;
    readonly env?: Record<string, string>;
  } = {}): Promise<void> {
    const { stdout } = await execa("./scripts/env", ["dev", "--json"], { cwd: root });
    this.#env = {
      ...JSON.parse(stdout),
      PULUMI_BACKEND_URL: backend,
      PULUMI_CONFIG_PASSPHRASE: "of this test",
      ...env,
    };
    copyFileSync(join(root, "Pulumi.yaml"), join(this.folder, "Pulumi.yaml"));
    // Pulumi writes the new stack's salt into the file of its name there.
    const made = await this.run(["stack", "init", this.stack, "--no-select"], this.folder);
    if (made.exitCode !== 0) throw new Error(made.all);
  }

  /** Settles the stack's settings; secrets are set with `pulumi config set`. */
  configure(config: Record<string, unknown>): void {
    const [salt = ""] = readFileSync(this.file, "utf8").match(/^encryptionsalt: .*$/m) ?? [];
    writeFileSync(this.file, `${salt}\n${stringify({ config })}`);
  }

  /** A verb of Pulumi's on the stack, in the checkout. */
  pulumi(verb: string, ...args: string[]): Promise<Outcome> {
    return this.run([verb, ...args, "--stack", this.stack, "--config-file", this.file], root);
  }

  /** Pulumi, wherever. @param input for its standard input */
  run(args: readonly string[], cwd: string, input = ""): Promise<Outcome> {
    return this.execute("pulumi", args, cwd, input);
  }

  /** A verb of scripts/, on this state. */
  verb(name: string, args: readonly string[]): Promise<Outcome> {
    return this.execute(join(root, "scripts", name), args, root);
  }

  /** Any program with the environment of this state. */
  async execute(program: string, args: readonly string[], cwd: string, input = ""): Promise<Outcome> {
    const env = { ...this.#env, SLIPWAY_STACK_FILE: this.file };
    const {
      exitCode = -1,
      stdout,
      stderr,
      all,
    } = await execa(program, args, {
      cwd,
      env,
      input,
      reject: false,
      all: true,
    });
    return { exitCode, stdout, stderr, all };
  }

  /** Forgets the state and the settings. */
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
