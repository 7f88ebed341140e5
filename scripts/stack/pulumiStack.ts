/** A stack as Pulumi's command line is asked about it, wherever its state is. */
import { join } from "node:path";
import { execa, type Options } from "execa";
import { UserError } from "../lib/userError";
import { checkout } from "../setup/cache";
import type { Pulumi } from "../setup/pulumi";
import { handOver } from "./interruption";
import { holdersIn, type LockReport } from "./lock";
import { policyArguments } from "./policies";
import { advise } from "./refusals";

/** Counts of what the last operation did, by Pulumi's words: `same`, `create`, `update`, `replace`, `delete`. */
export type ResourceChanges = Readonly<Record<string, number>>;

/** Another run works on the stack, or was killed while it did. */
export class StackLocked extends UserError {
  /** Who and since when, as Pulumi says it, e.g. `ana@laptop (pid 7) at 2026-01-05T12:00:00Z`. */
  readonly holder: string;

  constructor(stack: string, holder: string) {
    super(
      `another run works on stack ${stack}: ${holder}. Whether it is gone, and what then: ./scripts/unlock ${stack}`,
    );
    this.name = "StackLocked";
    this.holder = holder;
  }
}

/** Who holds a stack's lock, in what Pulumi says when it finds it held; undefined if that is not what it says. */
export function lockIn(stderr: string): string | undefined {
  if (/Another update is currently in progress/i.test(stderr)) return "Pulumi Cloud shows whose";
  if (!/the stack is currently locked by/.test(stderr)) return undefined;
  return /created by (.+)$/m.exec(stderr)?.[1]?.trim() ?? "nobody knows whose";
}

/** A stack of the project, as Pulumi lists it. */
export interface ListedStack {
  readonly name: string;
  /** ISO 8601. */
  readonly lastUpdate?: string;
  readonly updateInProgress?: boolean;
  readonly resourceCount?: number;
}

/** @see the file's head */
export abstract class PulumiStack {
  readonly stack: string;
  readonly pulumiCli: Pulumi;

  protected constructor(stack: string, pulumiCli: Pulumi) {
    this.stack = stack;
    this.pulumiCli = pulumiCli;
  }

  /** How Pulumi is started: where, and with which environment besides this process's own. */
  abstract options(): Options & { readonly env: Record<string, string> };

  /** Path of the file that its settings stand in. */
  abstract get settingsFile(): string;

  /** Arguments of a verb with the stack, and where its settings stand, named. */
  abstract withStack(args: readonly string[]): string[];

  /**
   * What makes `preview` or `up` ask the policies of this checkout. Those of them that look at what is planned do so before anything is
   * changed only where `up` isn't told to skip its preview.
   */
  policyArguments(): string[] {
    return policyArguments(this.pulumiCli);
  }

  /** Runs a verb that works on the stack, its output going to this terminal. @throws UserError if it fails, with what to do about a cloud's refusals; StackLocked if another run works on the stack */
  async run(args: readonly string[]): Promise<void> {
    // What it stands on is slow to load, and most verbs run nothing.
    const { listenToEngine } = await import("./engineEvents");
    const engine = await listenToEngine();
    const { env, ...options } = this.options();
    const running = execa(this.binary(), this.withStack([...args, ...engine.arguments]), {
      ...options,
      reject: false,
      // It is Pulumi's condition for telling its events.
      env: { ...env, PULUMI_DEBUG_COMMANDS: "1" },
      stdio: ["ignore", 2, ["pipe", 2]],
      // Out of reach of the terminal's Ctrl-C: it is told by handOver alone, or it would be told twice.
      detached: true,
    });
    const interruption = handOver(running);
    const result = await running;
    interruption.end();
    engine.close();
    if (result.exitCode === 0) return;
    if (interruption.signal !== undefined) {
      throw new UserError(
        `pulumi ${args[0]} of stack ${this.stack} was asked to end (${interruption.signal}), and has: nothing is locked, and the next run goes on from here`,
      );
    }
    const lock = lockIn(String(result.stderr));
    if (lock !== undefined) throw new StackLocked(this.stack, lock);
    const advice = engine.failures.list().flatMap((failed) => advise(failed) ?? []);
    const failed = `pulumi ${args[0]} of stack ${this.stack} failed`;
    throw new UserError(
      advice.length > 0
        ? [`${failed}. The next run goes on from here.`, ...advice].join("\n  ")
        : `${failed}; the lines above say why. The next run goes on from here.`,
    );
  }

  /** What a verb of Pulumi prints. @throws UserError with its error, in one line */
  async pulumi(args: readonly string[], cwd = checkout()): Promise<string> {
    const result = await execa(this.binary(), args, { ...this.options(), reject: false, cwd, stdin: "ignore" });
    if (result.exitCode === 0) return String(result.stdout);
    throw this.refusal(args, String(result.stderr));
  }

  /** Encrypts a value into the stack's settings. It travels by standard input. @throws UserError with Pulumi's error, in one line */
  async setSecret(key: string, value: string): Promise<void> {
    const args = ["config", "set", key, "--secret"];
    const { exitCode, stderr } = await execa(this.binary(), this.withStack(args), {
      ...this.options(),
      reject: false,
      input: value,
    });
    if (exitCode !== 0) throw this.refusal(args, String(stderr));
  }

  /** What the stack gives back, its secrets in clear where they are asked for. */
  async outputs({ secrets = false } = {}): Promise<Record<string, unknown>> {
    const args = ["stack", "output", "--json", ...(secrets ? ["--show-secrets"] : []), "--stack", this.stack];
    return JSON.parse(await this.pulumi(args)) as Record<string, unknown>;
  }

  /** What the last operation changed. */
  async lastChanges(): Promise<ResourceChanges> {
    const history = JSON.parse(
      await this.pulumi(["stack", "history", "--json", "--page-size", "1", "--page", "1", "--stack", this.stack]),
    );
    return (history as { resourceChanges?: ResourceChanges }[])[0]?.resourceChanges ?? {};
  }

  /** The project's stacks that this one's state keeps. */
  async siblings(): Promise<ListedStack[]> {
    return JSON.parse(await this.pulumi(["stack", "ls", "--json"])) as ListedStack[];
  }

  /**
   * Who holds the stack's lock. Pulumi has no verb that tells; so, where the state is in files, it is asked to give the stack the name that
   * it has, which it refuses in any case: because of the lock, or because of the name. Pulumi Cloud lists what is in progress.
   * @throws UserError if there is no such stack, or its state can't be reached
   */
  async lockReport(): Promise<LockReport> {
    const { url } = JSON.parse(await this.pulumi(["whoami", "--json"])) as { url: string };
    const found = (await this.siblings()).find(({ name }) => name === this.stack);
    if (!found) throw new UserError(`there is no stack ${this.stack} in ${url}`);
    const { lastUpdate: written, updateInProgress = false } = found;
    if (/^https?:/.test(url)) return { stack: this.stack, written, holders: updateInProgress ? [{ host: url }] : [] };
    const args = ["stack", "rename", this.stack, "--stack", this.stack];
    const { stderr } = await execa(this.binary(), args, { ...this.options(), reject: false, stdin: "ignore" });
    const holders = holdersIn(String(stderr));
    if (holders.length === 0 && !/already exists/.test(String(stderr))) throw this.refusal(args, String(stderr));
    return { stack: this.stack, written, holders };
  }

  /** What a verb's failure is for a person. */
  protected refusal(args: readonly string[], stderr: string): UserError {
    const [line = ""] = stderr
      .replace(/^error: /, "")
      .trim()
      .split("\n");
    return new UserError(`pulumi ${args.slice(0, 2).join(" ")}: ${line}`);
  }

  protected binary(): string {
    return join(this.pulumiCli.folder, "pulumi");
  }
}

/** A line on what an operation changed: `0 changes`, or `3 changes: 1 create, 2 update`. */
export function describeChanges(changes: ResourceChanges): string {
  const counted = Object.entries(changes).filter(
    ([kind, count]) => !["same", "read", "discard"].includes(kind) && count > 0,
  );
  const total = counted.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return "0 changes";
  return `${total} ${total === 1 ? "change" : "changes"}: ${counted.map(([kind, count]) => `${count} ${kind}`).join(", ")}`;
}
