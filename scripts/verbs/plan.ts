import { writeFileSync } from "node:fs";
import { execa } from "execa";
import { writeSummary } from "../lib/github";
import { redact } from "../lib/redact";
import { UserError } from "../lib/userError";
import { planMarkdown } from "../planning/markdown";
import { noPlan, type Plan, planOf, type Violation } from "../planning/plan";
import { type Preview, readPreview } from "../planning/preview";
import { fetchPriceLists } from "../planning/priceLists";
import { isPriced } from "../planning/prices";
import { Clouds } from "../stack/clouds";
import { StackFromNothing } from "../stack/fromNothing";
import { openStack } from "../stack/openStack";
import type { PulumiStack } from "../stack/pulumiStack";

/** @see plan */
export interface PlanOptions {
  readonly json?: boolean;
  /** File to write to, instead of standard output. */
  readonly out?: string;
  /** Whether a plan that takes data or a machine with it is a failure. */
  readonly strict?: boolean;
  readonly sandbox?: boolean;
  /** Whether neither the stack's state nor its secrets are to be had. */
  readonly fromNothing?: boolean;
}

/** Exit code of a strict plan that would take data or a machine with it; 1 stands for "it would fail". */
const LOSES = 3;

/** Tells what bringing a stack up would do, as Markdown or JSON. @returns the exit code @throws UserError if there is no telling */
export async function plan(name: string, options: PlanOptions): Promise<number> {
  if (options.fromNothing && options.sandbox)
    throw new UserError("--from-nothing has a state of its own: leave out --sandbox");
  try {
    const made = options.fromNothing ? await planFromNothing(name) : await planOfStack(await openStack(name, options));
    tell(made, options);
    return exitCodeOf(made, options);
  } catch (error) {
    // Whoever looks for the plan finds the reason in its place.
    if (error instanceof UserError && options.out !== undefined) tell(noPlan(name, error.message), options);
    throw error;
  }
}

async function planOfStack(stack: PulumiStack): Promise<Plan> {
  const { preview, violations } = await previewOf(stack);
  return planOf(preview, { stack: stack.stack, violations, prices: await pricesFor(stack, preview) });
}

async function planFromNothing(name: string): Promise<Plan> {
  const stack = await StackFromNothing.open(name);
  try {
    const left = stack.leftOut.map((section) => `${section} is left out: it is looked up with a token`);
    const made = await planOfStack(stack);
    return { ...made, notes: ["From nothing, and without the stack's secrets: everything is new in it.", ...left] };
  } finally {
    stack.close();
  }
}

function tell(made: Plan, { json, out }: PlanOptions): void {
  const markdown = redact(planMarkdown(made), process.env);
  const text = json ? `${redact(JSON.stringify(made, null, 2), process.env)}\n` : markdown;
  if (out === undefined) process.stdout.write(text);
  else writeFileSync(out, text);
  writeSummary(markdown);
}

/** 0, or 1 where it would fail or a policy refuses it, or {@link LOSES} where that was asked for. */
export function exitCodeOf({ errors, violations, dangers }: Plan, { strict = false }: PlanOptions): number {
  if (errors.length > 0 || violations.some(({ isMandatory }) => isMandatory)) return 1;
  return strict && dangers.data.length > 0 ? LOSES : 0;
}

/** What Pulumi says of a stack. @throws UserError if it says nothing, be it for a wrong passphrase */
async function previewOf(stack: PulumiStack): Promise<{ preview: Preview; violations: readonly Violation[] }> {
  const { listenToEngine } = await import("../stack/engineEvents");
  const engine = await listenToEngine();
  const { env, ...options } = stack.options();
  const args = ["preview", "--json", "--show-sames", ...stack.policyArguments(), ...engine.arguments];
  const result = await execa("pulumi", stack.withStack(args), {
    ...options,
    // It is Pulumi's condition for telling its events.
    env: { ...env, PULUMI_DEBUG_COMMANDS: "1" },
    reject: false,
    stdin: "ignore",
  });
  engine.close();
  const stdout = String(result.stdout);
  if (!stdout.startsWith("{"))
    throw new UserError(`no plan of stack ${stack.stack}: ${firstLine(String(result.stderr))}`);
  const preview = readPreview(stdout);
  const violations = engine.failures.findings().map(({ policy, resource, message, isMandatory }) => ({
    policy,
    message: resource === undefined ? message : `${message} (${resource})`,
    isMandatory,
  }));
  const refused = violations.some(({ isMandatory }) => isMandatory);
  if (result.exitCode === 0 || preview.errors.length > 0 || refused) return { preview, violations };
  return { preview: { ...preview, errors: [firstLine(String(result.stderr))] }, violations };
}

function firstLine(stderr: string): string {
  return (
    stderr
      .replace(/^error: /, "")
      .trim()
      .split("\n")[0] ?? ""
  );
}

async function pricesFor(stack: PulumiStack, { steps }: Preview) {
  const types = [...new Set(steps.map(({ type }) => type))].filter(isPriced);
  if (types.length === 0) return {};
  const clouds = await Clouds.of(stack);
  const { prices, problems } = await fetchPriceLists(types, (path) => clouds.get(path));
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  return prices;
}
