/** The story of one rehearsal, step by step, once there is a sandbox and a derived file. */
import { setTimeout as sleep } from "node:timers/promises";
import { onMachine } from "../ssh/machine";
import { capture } from "../ssh/remote";
import { driftOf } from "../stack/drift";
import { seedGitHub } from "../stack/githubSeed";
import { hostSideOf, stackSideOf, withoutOthers } from "../stack/hostSide";
import { Outputs } from "../stack/outputs";
import { describeChanges } from "../stack/pulumiStack";
import type { Workspace } from "../stack/workspace";
import { ask } from "./addresses";
import { asking } from "./catalogue";
import { gatewayOf, type StackDocument } from "./derive";
import { containerAt, inventory } from "./inventory";
import { portMistakes, portsToTry, viewFromContainer, viewFromHere } from "./ports";
import type { Steps } from "./report";

/** Longest wait for an address, in ms: a certificate may still be on its way. */
const ANSWER_LIMIT = 60_000;
/** Where Caddy keeps the certificate of its own authority. */
const INTERNAL_ROOT = "/var/lib/caddy/.local/share/caddy/pki/authorities/local/root.crt";

/** @see the file's head */
export class Rehearsal {
  readonly #workspace: Workspace;
  readonly #document: StackDocument;
  readonly #steps: Steps;
  /** Networks that may open an SSH connection to the machine, whosever it is. */
  readonly #sshFrom: readonly string[];
  #outputs: Outputs | undefined;

  /** @param sshFrom networks that may open an SSH connection to the machine, whosever it is */
  constructor(workspace: Workspace, document: StackDocument, steps: Steps, sshFrom: readonly string[]) {
    this.#workspace = workspace;
    this.#document = document;
    this.#steps = steps;
    this.#sshFrom = sshFrom;
  }

  /** Everything, the destroying only if it is asked for and all went well. */
  async run({ keep }: { readonly keep: boolean }): Promise<void> {
    const before = await this.#inventory();
    const isUp = await this.#steps.do("up", () => this.#up());
    if (isUp) await this.#checks();
    for (const [name, work] of [
      ["destroy", () => this.#destroy()],
      ["nothing is left", () => this.#nothingLeft(before)],
    ] as const) {
      if (keep) this.#steps.skip(name, "kept, as asked");
      else if (!this.#steps.areGood) this.#steps.skip(name, "kept, so that you can look");
      else await this.#steps.do(name, work);
    }
  }

  async #up(): Promise<string> {
    await this.#workspace.open();
    await seedGitHub(this.#workspace.slot, this.#document.config ?? {});
    await this.#workspace.run(["up", "--yes", "--skip-preview"]);
    this.#outputs = Outputs.parse(await this.#workspace.outputs({ secrets: true }));
    return describeChanges(await this.#workspace.lastChanges());
  }

  async #checks(): Promise<void> {
    await this.#steps.do("addresses answer", () => this.#addresses());
    await this.#steps.do("the host is as the stack says", () => this.#host());
    await this.#steps.do("ports from outside", () => this.#ports());
    await this.#steps.do("second up", async () => {
      await this.#workspace.run(["up", "--yes", "--skip-preview"]);
      return noChanges(describeChanges(await this.#workspace.lastChanges()));
    });
  }

  /** Every URL of the stack, at the machine, with a certificate in order. */
  async #addresses(): Promise<string> {
    const { address, urls } = this.#known();
    const authority = await this.#certificateAuthority();
    const lines = await Promise.all(
      Object.values(urls)
        .flat()
        .map(async (text) => {
          const url = new URL(text);
          for (const end = Date.now() + ANSWER_LIMIT; ; await sleep(500)) {
            const answer = await ask(url, address, authority).catch((error: Error) => error);
            if (!(answer instanceof Error) && answer.status < 500)
              return `${text} ${answer.status}${answer.issuer === undefined ? "" : `, certificate by ${answer.issuer}`}`;
            if (Date.now() > end)
              throw new Error(`${text}: ${answer instanceof Error ? answer.message : answer.status}`);
          }
        }),
    );
    return lines.join("\n");
  }

  async #certificateAuthority(): Promise<string | undefined> {
    const { mode } = (this.#document.config?.["slipway:tls"] ?? {}) as { mode?: string };
    if (mode !== "internal") return undefined;
    return (await this.#capture(["sudo", "cat", INTERNAL_ROOT])).stdout;
  }

  /** Release numbers, images, processes, health: what the host says of itself against what the stack says. */
  async #host(): Promise<string> {
    const outputs = this.#known();
    const apps = stackSideOf(outputs);
    const told = hostSideOf((await this.#capture(["sudo", "slipway", "status", "--json"])).stdout);
    const host = withoutOthers(told, apps);
    const wrong = [
      ...driftOf(apps, host).map(({ app, what, stack, host }) =>
        [app, `${what}: the stack says ${stack}, the host ${host}`].filter(Boolean).join(": "),
      ),
      ...host.apps.flatMap(({ app, problems = [] }) => problems.map((problem) => `${app}: ${problem}`)),
      ...(host.problems ?? []),
    ];
    if (wrong.length > 0) throw new Error(wrong.join("\n"));
    return host.apps.map(({ app, release }) => `${app} release ${release}, healthy`).join("\n");
  }

  async #ports(): Promise<string> {
    const { address } = this.#known();
    const { slot } = this.#workspace;
    const ports = portsToTry((await this.#capture(["ss", "-Htln"])).stdout);
    const stranger = slot.registry.split(":")[0] ?? "";
    const views = await Promise.all([
      viewFromHere(address, ports, gatewayOf(slot)),
      viewFromContainer(await containerAt(stranger, slot.number), stranger, address, ports),
    ]);
    const wrong = portMistakes(views, this.#sshFrom);
    if (wrong.length > 0) throw new Error(wrong.join("\n"));
    return views.map(({ from, open }) => `${from}: ${open.join(", ")}`).join("; ");
  }

  async #destroy(): Promise<string> {
    await this.#workspace.run(["destroy", "--yes", "--skip-preview"]);
    return describeChanges(await this.#workspace.lastChanges());
  }

  async #nothingLeft(before: readonly string[]): Promise<string> {
    const left = (await this.#inventory()).filter((line) => !before.includes(line));
    if (left.length > 0) throw new Error(left.join("\n"));
    return "clouds and engine are as before";
  }

  #inventory(): Promise<readonly string[]> {
    return inventory(this.#workspace.slot, asking(this.#workspace.slot));
  }

  async #capture(argv: readonly string[]): Promise<{ stdout: string }> {
    const ran = await onMachine(this.#workspace.stack, this.#known(), (client) => capture(client, argv));
    if (ran.code !== 0) throw new Error(`${argv.join(" ")}: ${ran.stderr.trim()}`);
    return ran;
  }

  #known(): Outputs {
    if (!this.#outputs) throw new Error("the stack is not up");
    return this.#outputs;
  }
}

function noChanges(changes: string): string {
  if (changes !== "0 changes") throw new Error(changes);
  return changes;
}
