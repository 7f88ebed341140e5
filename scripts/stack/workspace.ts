/** A sandbox stack with everything Pulumi needs to work on it: its file, its state, its passphrase, its plugins. */
import { copyFileSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { commandLine } from "../../infra/ssh/commandLine";
import { UserError } from "../lib/userError";
import { cacheFolder, checkout } from "../setup/cache";
import type { Toolchain } from "../setup/toolchain";
import { mend } from "./mend";
import { findStrays, marksOf } from "./pendingCreates";
import { PulumiStack } from "./pulumiStack";
import type { Slot } from "./slot";
import { projectName, stackFile } from "./stackFile";
import { areStale, isAlive, readLocks } from "./staleLock";

/** Protects nothing but the sandbox's throw-away state; it stands in the README. */
const sandboxPassphrase = "rehearsal-only";

/** Any token is good for the sandbox's own clouds. */
const sandboxToken = "sandbox";

/** Longest wait for a machine to let itself be removed, in ms. */
const removalLimit = 60_000;

/** What the clouds answer to a removal while the machine is still at something: DigitalOcean 422, Linode 400. */
const busy = [400, 422];

/** @see the file's head */
export class Workspace extends PulumiStack {
  readonly slot: Slot;
  readonly #plugins: Toolchain["plugins"];
  readonly #file: string;
  readonly #project: string;
  /** What its resources were marked with when the run began: a stack that is destroyed has none left to tell. */
  readonly #marks: string[] = [];

  constructor(stack: string, slot: Slot, toolchain: Toolchain) {
    super(stack, toolchain.pulumi);
    this.slot = slot;
    this.#plugins = toolchain.plugins;
    this.#file = stackFile(stack, slot);
    this.#project = projectName();
    mkdirSync(this.#state(), { recursive: true });
  }

  /** Selects the stack, making it first if it is new. @throws UserError on a wrong passphrase */
  async open(): Promise<void> {
    await this.#breakStaleLock();
    if (!(await this.siblings()).some(({ name }) => name === this.stack)) await this.#init();
    // Any value that was encrypted shows whether the passphrase opens this stack.
    await this.pulumi(["config", "--stack", this.stack, "--config-file", this.#file, "--show-secrets", "--json"]);
  }

  /** In a folder of its own: Pulumi writes the new stack's salt into the file of that name, and the checkout's is the user's. */
  async #init(): Promise<void> {
    const folder = cacheFolder("stacks", String(this.slot.number), "init");
    mkdirSync(folder, { recursive: true });
    copyFileSync(checkout("Pulumi.yaml"), join(folder, "Pulumi.yaml"));
    await this.pulumi(["stack", "init", this.stack, "--no-select"], folder);
    rmSync(folder, { recursive: true });
  }

  /** Takes in what an interrupted run had ordered from the cloud, and forgets what it had not. */
  async mend(): Promise<void> {
    this.#marks.push(...(await mend(this, (path) => this.#cloud(path))));
  }

  /** Removes from the sandbox's cloud what bears this stack's name and its mark but is not in its state; what bears no mark is told. */
  async removeStrays(): Promise<void> {
    const exported: unknown = JSON.parse(
      await this.pulumi(["stack", "export", "--show-secrets", "--stack", this.stack]),
    );
    const name = `${this.#project}-${this.stack}`;
    const marks = [...this.#marks, ...marksOf(exported)];
    const { own, unmarked } = await findStrays(exported, { name, marks }, (listed) => this.#cloud(listed));
    for (const { type, path } of unmarked) {
      const words = ["curl", "-X", "DELETE", "-H", `authorization: Bearer ${sandboxToken}`, `${this.slot.api}${path}`];
      process.stderr.write(
        `${type.split(":").at(-1)} ${name} is not in the stack and bears no mark: it is left. If it is nobody's: ${commandLine(words)}\n`,
      );
    }
    for (const { type, path } of own) {
      process.stderr.write(
        `${type.split(":").at(-1)} ${name} was made by a run that was cut off, or twice because an answer was lost; ${path} is removed\n`,
      );
      await this.#remove(path);
    }
  }

  get settingsFile(): string {
    return this.#file;
  }

  /** Arguments of a verb with stack and file named. */
  withStack(args: readonly string[]): string[] {
    return [...args, "--stack", this.stack, "--config-file", this.#file];
  }

  /** How Pulumi is started: with the chosen CLI and plugins first, in the checkout, on a state of the sandbox's own. */
  options() {
    const passphraseGiven =
      process.env.PULUMI_CONFIG_PASSPHRASE !== undefined || process.env.PULUMI_CONFIG_PASSPHRASE_FILE !== undefined;
    return {
      cwd: checkout(),
      env: {
        PATH: `${this.pulumiCli.folder}${delimiter}${process.env.PATH ?? ""}`,
        PULUMI_HOME: this.#plugins.home,
        // metadata=skip: Pulumi writes the attributes beside a checkpoint without a rename, and the program reads its own.
        PULUMI_BACKEND_URL: `file://${this.#state()}?metadata=skip`,
        PULUMI_SKIP_UPDATE_CHECK: "1",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "1",
        DIGITALOCEAN_TOKEN: sandboxToken,
        LINODE_TOKEN: sandboxToken,
        // For a stack whose file sends only its other cloud to the sandbox.
        LINODE_URL: this.slot.api,
        GITHUB_TOKEN: sandboxToken,
        GITHUB_BASE_URL: `${this.slot.api}/`,
        ...(passphraseGiven ? {} : { PULUMI_CONFIG_PASSPHRASE: sandboxPassphrase }),
      },
    };
  }

  /** Whether there is a state of this stack. */
  exists(): boolean {
    return existsSync(join(this.#state(), ".pulumi", "stacks", this.#project, `${this.stack}.json`));
  }

  async #breakStaleLock(): Promise<void> {
    if (!areStale(readLocks(this.#state(), this.#project, this.stack), isAlive)) return;
    process.stderr.write("An earlier run was killed and left its lock; it is gone, so the lock is opened\n");
    await this.pulumi(["cancel", "--yes", "--stack", this.stack]);
  }

  async #cloud(path: string): Promise<unknown> {
    const response = await this.#ask(path, "GET");
    if (!response.ok) throw this.#cloudRefusal(path, response.status);
    return response.json();
  }

  /** Removes something of the cloud; a machine that is still being made refuses for a while. */
  async #remove(path: string): Promise<void> {
    for (const end = Date.now() + removalLimit; ; ) {
      const { ok, status } = await this.#ask(path, "DELETE");
      if (status === 404) return;
      // What is being deleted is there a while longer, and so is its name; to delete it once more does nothing, or tells that it is gone.
      if ((!ok && !busy.includes(status)) || Date.now() > end) throw this.#cloudRefusal(path, status);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }

  #ask(path: string, method: string): Promise<Response> {
    return fetch(`${this.slot.api}${path}`, { method, headers: { authorization: `Bearer ${sandboxToken}` } });
  }

  protected override refusal(args: readonly string[], stderr: string): UserError {
    return /incorrect passphrase/.test(stderr)
      ? new UserError(
          `PULUMI_CONFIG_PASSPHRASE is set to a passphrase that is not the sandbox's; unset it (the sandbox's own is ${sandboxPassphrase})`,
        )
      : super.refusal(args, stderr);
  }

  #cloudRefusal(path: string, status: number): UserError {
    return new UserError(
      `${this.slot.api}${path} answered ${status}; ./scripts/sandbox status says how the sandbox is`,
    );
  }

  #state(): string {
    return cacheFolder("state", String(this.slot.number));
  }
}
