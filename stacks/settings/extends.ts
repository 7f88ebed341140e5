/** `slipway:extends`: settings that stand on another stack's, e.g. staging on production's with another size. Plain data but for `fileReader`. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { Mistake } from "./mistakes";

/** A stack's configuration by full key, parsed. */
export type StackConfig = Readonly<Record<string, unknown>>;

/** The configuration of a stack of the same project by its name; undefined if it has no file. @throws Error if that is not YAML */
export type ReadStack = (stack: string) => StackConfig | undefined;

/** What comes of it. */
export interface Extended {
  /** The settings with all that was inherited. */
  readonly config: StackConfig;
  readonly mistakes: readonly Mistake[];
  /** The file that the value at a path of a mistake was inherited from; undefined for what stands in the stack's own. */
  fileOf(path: string): string | undefined;
}

/** The key that names the other stack. */
export const EXTENDS = "slipway:extends";
/** An environment of a repository is one stack's: two that had it would undo each other's. */
const OWN = "slipway:github";
/** Every other key with a point in it is a secret or a part of one. */
const STRUCTURE = /^slipway:[a-z]+$/;
/** Keys that say what the rest of a mapping is about. */
const KINDS = ["provider", "mode"];

type Tree = Readonly<Record<string, unknown>>;

/** Reads the files of a project's folder. */
export function fileReader(root: string): ReadStack {
  return (stack) => {
    let text: string;
    try {
      text = readFileSync(join(root, fileName(stack)), "utf8");
    } catch {
      return undefined;
    }
    const document = parse(text) as { config?: StackConfig } | null;
    return document?.config ?? {};
  };
}

/**
 * Lays a stack's own settings over those of the stack that it extends, and those over the ones that it extends in turn. Mappings are
 * merged key by key, everything else is replaced; `null` removes what would be inherited; a mapping of another provider or mode is
 * replaced whole. Secrets are never inherited, what asks for one asks this stack; nor is what belongs to one stack alone.
 */
export function extend(own: StackConfig, stack: string, read: ReadStack): Extended {
  const mistakes: Mistake[] = [];
  const layers: { readonly stack: string; readonly config: StackConfig }[] = [{ stack, config: own }];
  for (let next = own[EXTENDS]; next !== undefined && next !== ""; ) {
    const from = layers.at(-1)?.stack ?? stack;
    const mistake = (what: string, mend: string) =>
      mistakes.push({ path: from === stack ? EXTENDS : `${fileName(from)}: ${EXTENDS}`, what, mend });
    const name = String(next);
    if (layers.some((layer) => layer.stack === name)) {
      mistake(`${name} leads back to itself`, "let one of them stand on its own");
      break;
    }
    const config = readable(read, name);
    if (typeof config === "string" || config === undefined) {
      mistake(config ?? `there is no ${fileName(name)}`, "name a stack whose file stands beside this one");
      break;
    }
    layers.push({ stack: name, config: inheritable(config) });
    next = config[EXTENDS];
  }
  const merged = layers.length === 1 ? own : layers.reduceRight<Tree>((below, { config }) => merge(below, config), {});
  return {
    config: merged,
    mistakes,
    fileOf: (path) => {
      const keys = keysOf(path);
      const index = layers.findIndex(({ config }) => has(config, keys));
      return index > 0 ? fileName(layers[index]?.stack ?? "") : undefined;
    },
  };
}

function fileName(stack: string): string {
  return `Pulumi.${stack}.yaml`;
}

function readable(read: ReadStack, stack: string): StackConfig | string | undefined {
  try {
    return read(stack);
  } catch (error) {
    return `${fileName(stack)} is not YAML: ${(error as Error).message.split("\n")[0]}`;
  }
}

function inheritable(config: StackConfig): StackConfig {
  return withoutSecrets(
    Object.fromEntries(Object.entries(config).filter(([key]) => STRUCTURE.test(key) && key !== EXTENDS && key !== OWN)),
  );
}

function withoutSecrets(tree: Tree): Tree {
  return Object.fromEntries(
    Object.entries(tree).flatMap(([key, value]) =>
      !isTree(value) ? [[key, value]] : "secure" in value ? [] : [[key, withoutSecrets(value)]],
    ),
  );
}

/** Lays a mapping over another, as `extend` does. */
export function merge(below: Tree, above: Tree): Tree {
  if (KINDS.some((kind) => above[kind] !== undefined && below[kind] !== undefined && above[kind] !== below[kind]))
    return merge({}, above);
  const merged: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const inherited = below[key];
    if (value === null) delete merged[key];
    else merged[key] = isTree(value) ? merge(isTree(inherited) ? inherited : {}, value) : value;
  }
  return merged;
}

/** `slipway:apps.notes.routes[0]` in parts. */
function keysOf(path: string): readonly string[] {
  const [first = "", ...rest] = path.split(/[.[\]]+/).filter((part) => part !== "");
  return [first, ...rest];
}

function has(tree: unknown, keys: readonly string[]): boolean {
  const [key, ...rest] = keys;
  if (key === undefined) return tree !== undefined;
  if (Array.isArray(tree)) return has(tree[Number(key)], rest);
  return isTree(tree) && key in tree && has(tree[key], rest);
}

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
