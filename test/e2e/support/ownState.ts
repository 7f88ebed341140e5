/** Pulumi on a state of its own, as a team's CI runs it: its own backend, its own passphrase, the toolchain's CLI and plugins. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { parse, stringify } from "yaml";
import type { Outcome } from "./stack";

const root = process.cwd();

/** @see the file's head */
export class OwnState {
  /** Goes with the state. */
  readonly folder = mkdtempSync(join(tmpdir(), "slipway-state-"));
  /** The stack's name. */
  readonly stack: string;
  readonly #slot: number;
  #env: Record<string, string> = {};

  /** @param slot of the sandbox that its cloud is in, where it has one */
  constructor(stack: string, slot = 0) {
    this.stack = stack;
    this.#slot = slot;
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
    const sandbox = { SLIPWAY_SANDBOX_SLOT: String(this.#slot) };
    const { stdout } = await execa("./scripts/env", ["dev", "--json"], { cwd: root, env: sandbox });
    const own = { PULUMI_BACKEND_URL: backend, PULUMI_CONFIG_PASSPHRASE: "of this test" };
    this.#env = { ...sandbox, ...JSON.parse(stdout), ...own, ...env };
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

  /** What the file has of settings: after `pulumi config set`, its secrets, encrypted. */
  config(): Record<string, unknown> {
    return (parse(readFileSync(this.file, "utf8")) as { config?: Record<string, unknown> }).config ?? {};
  }

  /** Changes the text of the file. */
  edit(change: (text: string) => string): void {
    writeFileSync(this.file, change(readFileSync(this.file, "utf8")));
  }

  /** A verb of Pulumi's on the stack, in the checkout. */
  pulumi(verb: string, ...args: string[]): Promise<Outcome> {
    return this.run([verb, ...args, ...this.named], root);
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
    const { exitCode = -1, stdout, stderr, all } = await this.start(program, args, cwd, input);
    return { exitCode, stdout, stderr, all };
  }

  /** The same, under way. */
  start(program: string, args: readonly string[], cwd = root, input = "") {
    const env = { ...this.#env, SLIPWAY_STACK_FILE: this.file };
    return execa(program, args, { cwd, env, input, reject: false, all: true });
  }

  /** Works on another backend from here on. */
  moveTo(backend: string): void {
    this.#env.PULUMI_BACKEND_URL = backend;
  }

  /** Arguments that name the stack and its settings. */
  get named(): readonly string[] {
    return ["--stack", this.stack, "--config-file", this.file];
  }

  /** Forgets the state and the settings. */
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
