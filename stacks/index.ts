/** The program's one entry: reads the settings, and wires the shape of environment they ask for. */
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { bugText } from "../agent/bug";
import { mistake } from "../infra/mistake";
import type { Provenance } from "../infra/release/provenance";
import { clearProviderSecrets } from "./clearSecrets";
import { cloudLogins } from "./cloudLogins";
import { lookUpGitHub } from "./delivery";
import { machine } from "./machine";
import { type ConfigSource, readSettings } from "./settings";
import { mistakesInMoves, mistakesInRegions } from "./settings/databaseMoves";
import { SettingsError } from "./settings/mistakes";
import { readOrigin } from "./settings/origin";

const root = process.cwd();

/** Which keys are encrypted in the stack's file; the language host says it by this variable, and the SDK has no other way. */
const secretKeys = new Set<string>(JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS ?? "[]"));

function source(): ConfigSource {
  return {
    project: pulumi.getProject(),
    stack: pulumi.getStack(),
    values: pulumi.runtime.allConfig(),
    isSecret: (key) => secretKeys.has(key),
    env: process.env,
    root,
  };
}

/** What this stack gave back last time. Its own state is read, so that an unchanged app is not released again and nothing with data in it goes. */
function self(): pulumi.StackReference {
  return new pulumi.StackReference("self", {
    name: `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`,
  });
}

type Provenances = Record<string, Provenance | undefined>;

/** Where each app's data was after the last run; before stacks noted it, it was in the machine's own Postgres. */
async function placesOf(stack: pulumi.StackReference): Promise<Record<string, string>> {
  const [noted, released] = await Promise.all([
    stack.getOutputDetails("databases"),
    stack.getOutputDetails("provenance"),
  ]);
  const apps = Object.keys((released.secretValue ?? released.value ?? {}) as Provenances);
  return { ...Object.fromEntries(apps.map((app) => [app, "host"])), ...(noted.value ?? {}) };
}

/** Runs a check; its mistakes are shown without a stack trace: they are the user's, not the program's. */
async function checked<T>(check: () => T | Promise<T>): Promise<T> {
  try {
    return await check();
  } catch (error) {
    if (error instanceof SettingsError) throw mistake(error.message);
    throw error;
  }
}

async function main() {
  const settings = await checked(() => readSettings(source()));
  const before = self();
  const regions = (await before.getOutputDetails("clusterRegions")).value ?? {};
  const mistakes = [
    ...mistakesInMoves(settings.apps, await placesOf(before)),
    ...mistakesInRegions(settings, regions as Readonly<Record<string, string>>),
  ];
  await checked(() => {
    if (mistakes.length > 0) throw new SettingsError(settings.stack, mistakes);
  });
  const github = await checked(() => lookUpGitHub(settings));
  const outputs = machine(settings, {
    origin: readOrigin(process.env, root, Date.now()),
    remembered: before.getOutput("provenance").apply((provenance: Provenances | undefined) => provenance ?? {}),
    lastVolume: before.getOutput("volumeSize") as pulumi.Output<number | undefined>,
    lastAddress: before.getOutput("address") as pulumi.Output<string | undefined>,
    clear: clearProviderSecrets(pulumi.runtime.allConfig(), (key) => secretKeys.has(key)),
    github,
    clouds: cloudLogins(pulumi.runtime.allConfig()),
    agent: join(root, "dist", "agent", "slipway.js"),
  });
  // Pulumi warns of an output that has no value.
  return Object.fromEntries(Object.entries(outputs).filter(([, output]) => output !== undefined));
}

/** Pulumi shows an error that it doesn't know whole, with all that its message quotes. */
function told(error: unknown): never {
  if (pulumi.RunError.isInstance(error) || pulumi.ResourceError.isInstance(error)) throw error;
  throw mistake(bugText(error));
}

declare const module: { exports: unknown };

// A program that is a function is run by Pulumi, and what it resolves with is what the stack gives back; a bundle in CommonJS has no
// other way to say so.
module.exports = () => main().catch(told);
