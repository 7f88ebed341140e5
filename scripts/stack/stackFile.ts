import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { type Document, parse, parseDocument, visit } from "yaml";
import { EXTENDS, extend, fileReader, type ReadStack, type StackConfig } from "../../stacks/settings/extends";
import { UserError } from "../lib/userError";
import { cacheFolder, checkout } from "../setup/cache";
import type { Slot } from "./slot";

/** Where a stack's file says which address a cloud answers at. */
const endpointKeys = ["digitalocean:apiEndpoint", "linode:url"].map((key) => ["config", key]);

/** Where it says so of GitHub, whose address ends with a slash. */
const githubKey = ["config", "github:baseUrl"];

/**
 * The configuration file of a sandbox stack: the committed one where it names this sandbox already, else a copy outside
 * the checkout that does.
 * @throws UserError if there is no such file, or if it is not a stack of the sandbox
 */
export function stackFile(stack: string, slot: Slot): string {
  const { committed, document } = readStackFile(stack);
  if (!isSandboxStack(document)) {
    throw new UserError(
      `stack ${stack} is not a stack of the sandbox (it sends digitalocean:apiEndpoint or linode:url to no loopback address); for a real account: npm run build && pulumi up --stack ${stack}`,
    );
  }
  const derived = forSlot(whole(document, stack, fileReader(checkout())), slot);
  if (derived === undefined && !process.env.SLIPWAY_STACK_FILE) return committed;
  const copy = cacheFolder("stacks", String(slot.number), `Pulumi.${stack}.yaml`);
  mkdirSync(dirname(copy), { recursive: true });
  writeFileSync(copy, derived ?? document.toString());
  return copy;
}

/** The project's name: `pulumi new` gives a copy of the checkout another. */
export function projectName(): string {
  return (parse(readFileSync(checkout("Pulumi.yaml"), "utf8")) as { name: string }).name;
}

/** A stack's settings as they are committed. @throws UserError if there are none */
export function readStackFile(stack: string): { committed: string; document: Document } {
  const committed = process.env.SLIPWAY_STACK_FILE ?? findStackFile(stack);
  if (!existsSync(committed))
    throw new UserError(
      `there is no ${committed}: a stack's settings stand in Pulumi.STACK.yaml, an example's in its own folder`,
    );
  const document = parseDocument(readFileSync(committed, "utf8"));
  if (document.errors[0]) throw new UserError(`${committed} is not YAML: ${document.errors[0].message.split("\n")[0]}`);
  return { committed, document };
}

/** Where the settings of a stack stand: at the top of the checkout, else with the example they belong to. */
function findStackFile(stack: string): string {
  const name = `Pulumi.${stack}.yaml`;
  const examples = readdirSync(checkout("examples"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const places = examples.map((example) => checkout("examples", example.name, name));
  return [checkout(name), ...places].find(existsSync) ?? checkout(name);
}

/** Base images that the sandbox makes only when asked. */
const extras = ["nginx", "node", "ruby"];

/**
 * Those of them that a stack's file names, e.g. `ruby` for `slipway-sandbox/ruby:3.3`; and `postgres` where it takes `postgres:17` from
 * its registry, which no build asks for.
 */
export function extraBases(document: Document): string[] {
  const text = document.toString();
  const registry = document.getIn(["config", "slipway:registry", "server"]);
  const bases = extras.filter((name) => text.includes(`slipway-sandbox/${name}:`));
  return typeof registry === "string" && text.includes(`${registry}/postgres:`) ? [...bases, "postgres"] : bases;
}

/** Whether a stack's file sends the program to the emulated clouds on this machine, and to nothing else. */
export function isSandboxStack(document: Document): boolean {
  const endpoints = endpointsOf(document);
  const github = document.getIn(githubKey);
  return (
    endpoints.length > 0 &&
    endpoints.every(([, value]) => isLoopback(value)) &&
    (github === undefined || isLoopback(github))
  );
}

/** The text of a stack's file with the addresses of `slot`, wherever they stand; undefined if it has them already. */
export function forSlot(document: Document, slot: Slot): string | undefined {
  const registryKey = ["config", "slipway:registry", "server"];
  const registry = document.getIn(registryKey);
  const endpoints = endpointsOf(document);
  const github = document.getIn(githubKey);
  const isGitHubHere = github === undefined || github === `${slot.api}/`;
  if (endpoints.every(([, value]) => value === slot.api) && registry === slot.registry && isGitHubHere) {
    return undefined;
  }
  const copy = document.clone() as Document;
  if (github !== undefined) copy.setIn(githubKey, `${slot.api}/`);
  for (const [key] of endpoints) copy.setIn(key, slot.api);
  if (typeof registry === "string") {
    // An app whose host follows a tag names the registry once more.
    visit(copy, {
      Scalar(_key, node) {
        if (typeof node.value === "string") node.value = node.value.replaceAll(registry, slot.registry);
      },
    });
  }
  return copy.toString();
}

/** A stack's file together with what it takes over, as the addresses in that are to be changed too. Mistakes are left to the program. */
export function whole(document: Document, stack: string, read: ReadStack): Document {
  const own = (document.toJS() as { config?: StackConfig } | null)?.config ?? {};
  const { config, mistakes } = extend(own, stack, read);
  if (own[EXTENDS] === undefined || mistakes.length > 0) return document;
  const copy = document.clone() as Document;
  const { [EXTENDS]: _, ...merged } = config;
  copy.setIn(["config"], copy.createNode(merged));
  return copy;
}

function endpointsOf(document: Document): (readonly [string[], unknown])[] {
  return endpointKeys.filter((key) => document.hasIn(key)).map((key) => [key, document.getIn(key)] as const);
}

function isLoopback(value: unknown): boolean {
  return typeof value === "string" && /^http:\/\/(127\.\d+\.\d+\.\d+|localhost)(:\d+)?\/?$/.test(value);
}
