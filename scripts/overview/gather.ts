/** Asks every stack of a project and its machine how they fare, all at the same time; one that doesn't answer keeps no other waiting. */
import { UserError } from "../lib/userError";
import { onMachine } from "../ssh/machine";
import { capture } from "../ssh/remote";
import { Outputs } from "../stack/outputs";
import type { PulumiStack } from "../stack/pulumiStack";
import { type HostReport, hostReportOf } from "./hostReport";
import type { Learnt } from "./overview";

/** Longest wait for a connection, in ms. */
const PATIENCE = 5_000;
/** Longest wait for a machine to say how it is, in ms. */
const LIMIT = 20_000;
/** States that are read at the same time: each is a process of Pulumi's. */
const SIDE_BY_SIDE = 4;

/** Whoever can ask Pulumi: any stack of the project, or none. */
type Project = Pick<PulumiStack, "siblings" | "pulumi">;
/** Asks a stack's machine how it is. */
type Ask = (stack: string, outputs: Outputs) => Promise<HostReport>;

/** Learns what there is to know of every stack. */
export async function gather(project: Project, ask: Ask = askMachine): Promise<readonly Learnt[]> {
  const machines = new Map<string, Promise<HostReport>>();
  const waiting = (await project.siblings()).map(({ name }) => name);
  const learnt: Promise<Learnt>[] = [];
  const readNext = async (): Promise<void> => {
    for (let stack = waiting.shift(); stack !== undefined; stack = waiting.shift()) {
      const outputs = await outputsOf(project, stack);
      learnt.push(learn(stack, outputs, machines, ask));
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, readNext));
  return Promise.all(learnt);
}

async function learn(
  stack: string,
  outputs: Outputs | string | undefined,
  machines: Map<string, Promise<HostReport>>,
  ask: Ask,
): Promise<Learnt> {
  if (outputs === undefined) return { stack };
  if (typeof outputs === "string") return { stack, unknown: outputs };
  const { address, port } = outputs;
  const key = `${address}:${port}`;
  // A machine that several stacks share is asked once.
  const asked = machines.get(key) ?? withinLimit(address, ask(stack, outputs));
  machines.set(key, asked);
  try {
    return { stack, address, report: await asked };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { stack, unknown: error.message };
  }
}

/** What a stack gives back; a text where that can't be told, nothing where it has no machine. */
async function outputsOf(project: Project, stack: string): Promise<Outputs | string | undefined> {
  try {
    const given = JSON.parse(
      await project.pulumi(["stack", "output", "--json", "--show-secrets", "--stack", stack]),
    ) as Record<string, unknown>;
    return Outputs.safeParse(given).data;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

async function askMachine(stack: string, outputs: Outputs): Promise<HostReport> {
  const { code, stdout, stderr } = await onMachine(
    stack,
    outputs,
    (client) => capture(client, ["sudo", "slipway", "status", "--json"]),
    PATIENCE,
  );
  if (code !== 0) throw new UserError(`the host could not say how it is: ${stderr.trim().split("\n").at(-1) ?? ""}`);
  return hostReportOf(stdout);
}

async function withinLimit<T>(address: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new UserError(`${address} lets one in, but says nothing within ${LIMIT / 1000} s`)),
      LIMIT,
    );
  });
  // It may still fail when nobody waits for it any more.
  work.catch(() => {});
  return Promise.race([work, over]).finally(() => clearTimeout(timer));
}
