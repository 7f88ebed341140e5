/** A pull request's stack: its settings stand in a folder of this run's own, and are written anew by each. */
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import type { StackConfig } from "../../stacks/settings/extends";
import { UserError } from "../lib/userError";
import { checkout } from "../setup/cache";
import { isPulumi, judge } from "../stack/lock";
import { PulumiStack, StackLocked } from "../stack/pulumiStack";
import type { PreviewBase } from "./base";
import { type PreviewTag, readTag, TAG, tagText } from "./tag";

/** Milliseconds between two looks at a lock. */
const PAUSE = 2000;

/** Pulumi would take a bare moment for something else than text. */
const QUOTED = { lineWidth: 0, defaultKeyType: "PLAIN", defaultStringType: "QUOTE_DOUBLE" } as const;

/** @see the file's head */
export class PreviewStack extends PulumiStack {
  readonly #base: PreviewBase;
  readonly #folder: string;
  /** Secrets that are encrypted with a key of the other stack's alone. */
  readonly #foreign: readonly string[];
  /** Milliseconds for which another run is waited for. */
  readonly #patience: number;

  /** @param config its settings; none where it is only to go. @param wait seconds to wait for another run that works on it */
  constructor(base: PreviewBase, stack: string, { config = {}, wait }: { config?: StackConfig; wait: number }) {
    super(stack, base.stack.pulumiCli);
    this.#base = base;
    this.#patience = wait * 1000;
    this.#folder = mkdtempSync(join(tmpdir(), "slipway-preview-"));
    // Encrypted alike, a value can stay as it is; where Pulumi Cloud does it, each stack has a key of its own.
    const alike = "encryptionsalt" in base.head || "encryptedkey" in base.head;
    this.#foreign = alike ? [] : Object.keys(config).filter((key) => isEncrypted(config[key]));
    const readable = Object.entries(config).filter(([key]) => !this.#foreign.includes(key));
    copyFileSync(checkout("Pulumi.yaml"), join(this.#folder, "Pulumi.yaml"));
    writeFileSync(this.settingsFile, stringify({ ...base.head, config: Object.fromEntries(readable) }, QUOTED), {
      mode: 0o600,
    });
  }

  get settingsFile(): string {
    return join(this.#folder, `Pulumi.${this.stack}.yaml`);
  }

  options() {
    return this.#base.stack.options();
  }

  withStack(args: readonly string[]): string[] {
    return [...args, "--stack", this.stack, "--config-file", this.settingsFile];
  }

  /** Makes the stack. Nothing happens on the machine or in the cloud. */
  async init(): Promise<void> {
    const provider = this.#base.head.secretsprovider;
    const args = ["stack", "init", this.stack, "--no-select"];
    await this.pulumi([...args, ...(provider ? ["--secrets-provider", provider] : [])], this.#folder);
  }

  /** Gives it those of the other stack's secrets that can't be taken over as they are encrypted. */
  async takeSecrets(): Promise<void> {
    if (this.#foreign.length === 0) return;
    const base = this.#base.stack;
    const text = await base.pulumi(base.withStack(["config", "--show-secrets", "--json"]));
    const values = JSON.parse(text) as Readonly<Record<string, { readonly value?: string }>>;
    for (const key of this.#foreign) await this.setSecret(key, values[key]?.value ?? "");
  }

  async tag(tag: PreviewTag): Promise<void> {
    await this.pulumi(["stack", "tag", "set", TAG, tagText(tag), "--stack", this.stack]);
  }

  /** What it is tagged with; undefined where it isn't. */
  async readTag(): Promise<PreviewTag | undefined> {
    return readTag(JSON.parse(await this.pulumi(["stack", "tag", "ls", "--json", "--stack", this.stack])));
  }

  /** Its state with all secrets in clear; undefined where there is no such stack. */
  async export(): Promise<unknown> {
    try {
      return JSON.parse(await this.pulumi(["stack", "export", "--show-secrets", "--stack", this.stack]));
    } catch (error) {
      if (error instanceof UserError && /no stack named/.test(error.message)) return undefined;
      throw error;
    }
  }

  /** Runs a verb that works on the stack, once no other run does. @throws UserError when that takes too long */
  async runPatiently(args: readonly string[]): Promise<void> {
    for (;;) {
      try {
        return await this.run(args);
      } catch (error) {
        if (!(error instanceof StackLocked)) throw error;
        await this.untilFree();
      }
    }
  }

  /** Resolves once no other run works on the stack; one that was killed on this computer does not. @throws UserError when that takes too long */
  async untilFree(): Promise<void> {
    let told = false;
    for (const end = Date.now() + this.#patience; ; await sleep(PAUSE)) {
      const { holders } = await this.lockReport();
      if (holders.length === 0) return;
      if (holders.every((holder) => judge(holder, hostname(), isPulumi) === "gone")) {
        process.stderr.write("An earlier run was killed and left its lock; it is gone, so the lock is opened\n");
        await this.pulumi(["cancel", "--yes", "--stack", this.stack]);
        return;
      }
      const whose = holders.map(({ host, process }) =>
        process ? `${process.user} on ${host}, process ${process.pid}` : host,
      );
      if (Date.now() > end)
        throw new UserError(
          `another run works on stack ${this.stack}: ${whose.join("; ")}. If that run is gone, open its lock: pulumi cancel --stack ${this.stack}`,
        );
      if (!told) process.stderr.write(`… waits for another run that works on ${this.stack}: ${whose.join("; ")}\n`);
      told = true;
    }
  }

  /** Forgets the stack. */
  async forget(): Promise<void> {
    await this.pulumi(["stack", "rm", "--yes", "--preserve-config", "--stack", this.stack]);
  }

  /** Removes its settings from this computer. */
  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function isEncrypted(value: unknown): boolean {
  return typeof value === "object" && value !== null && "secure" in value;
}
