/** What `pulumi preview --json --show-sames` says, as far as a plan is made from it. Pulumi blinds the secrets in it. */
import { z } from "zod";

const State = z.looseObject({
  type: z.string(),
  custom: z.boolean().default(false),
  parent: z.string().default(""),
  inputs: z.record(z.string(), z.unknown()).default({}),
  outputs: z.record(z.string(), z.unknown()).default({}),
  dependencies: z.array(z.string()).nullish(),
  protect: z.boolean().default(false),
});
type State = z.output<typeof State>;

const Digest = z.looseObject({
  config: z.record(z.string(), z.string()).default({}),
  steps: z
    .array(
      z.looseObject({
        op: z.string(),
        urn: z.string(),
        oldState: State.nullish(),
        newState: State.nullish(),
        diffReasons: z.array(z.string()).nullish(),
        replaceReasons: z.array(z.string()).nullish(),
        detailedDiff: z.record(z.string(), z.unknown()).nullish(),
      }),
    )
    .nullish(),
  diagnostics: z
    .array(z.looseObject({ urn: z.string().default(""), message: z.string(), severity: z.string() }))
    .nullish(),
});

/** What becomes of a resource. */
export type Fate = "same" | "create" | "update" | "replace" | "delete";

/** Everything of a resource that its plan is told from. */
export interface Step {
  readonly urn: string;
  readonly fate: Fate;
  /** Pulumi's type, e.g. `digitalocean:index/droplet:Droplet`. */
  readonly type: string;
  readonly name: string;
  /** Whether it only holds other resources. */
  readonly isComponent: boolean;
  /** URN of what holds it; empty for the stack. */
  readonly parent: string;
  readonly dependencies: readonly string[];
  /** Top-level properties that differ. */
  readonly changed: readonly string[];
  /** Those of them that call for another one. */
  readonly causes: readonly string[];
  /** What it is now: what was asked for, and what came of it. */
  readonly before: Readonly<Record<string, unknown>>;
  /** What is asked for. */
  readonly after: Readonly<Record<string, unknown>>;
  /** Whether Pulumi refuses to destroy it. */
  readonly protected: boolean;
}

/** A preview, read. */
export interface Preview {
  /** The stack's settings, each in Pulumi's own text form. */
  readonly config: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
  /** What ended it, if anything did. */
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
}

/** Pulumi's words for steps; those that are not here change nothing. */
const fates: Readonly<Record<string, Fate>> = {
  same: "same",
  create: "create",
  import: "create",
  update: "update",
  replace: "replace",
  "create-replacement": "replace",
  "delete-replaced": "replace",
  "import-replacement": "replace",
  delete: "delete",
};

/** @param text what Pulumi printed @throws Error if that is no preview */
export function readPreview(text: string): Preview {
  const { config, steps, diagnostics } = Digest.parse(JSON.parse(text));
  const told = new Map<string, Step>();
  for (const step of steps ?? []) {
    const fate = fates[step.op];
    const state = step.newState ?? step.oldState;
    if (fate === undefined || !state || told.has(step.urn) || isOutside(state)) continue;
    told.set(step.urn, {
      urn: step.urn,
      fate,
      type: state.type,
      name: nameOf(step.urn),
      isComponent: !state.custom,
      parent: isStack(state.parent) ? "" : state.parent,
      dependencies: state.dependencies ?? [],
      changed: topLevel([...Object.keys(step.detailedDiff ?? {}), ...(step.diffReasons ?? [])]),
      causes: topLevel(step.replaceReasons ?? []),
      before: { ...step.oldState?.outputs, ...step.oldState?.inputs },
      after: step.newState?.inputs ?? {},
      protected: step.oldState?.protect ?? false,
    });
  }
  const said = (severity: string) =>
    (diagnostics ?? []).filter((one) => one.severity === severity).map(({ message }) => tidy(message));
  return { config, steps: [...told.values()], errors: said("error"), warnings: said("warning") };
}

/** The last part of a URN. */
export function nameOf(urn: string): string {
  return urn.split("::").at(-1) ?? "";
}

/** The stack itself, providers and other stacks: none of them is anything in the world. */
function isOutside({ type }: State): boolean {
  return type.startsWith("pulumi:");
}

function isStack(urn: string): boolean {
  return /::pulumi:pulumi:Stack::[^:]+$/.test(urn);
}

/** `dropletIds[0]` and `build.context` in one word each. */
function topLevel(paths: readonly string[]): string[] {
  return [...new Set(paths.map((path) => path.split(/[.[]/)[0] ?? ""))].filter((key) => key !== "").sort();
}

function tidy(message: string): string {
  return message.replace(/^error: /, "").trimEnd();
}
