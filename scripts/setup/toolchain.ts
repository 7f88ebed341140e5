import { existsSync } from "node:fs";
import { UserError } from "../lib/userError";
import { aptInstall, canInstall } from "./apt";
import { ensureDocker } from "./docker";
import { describeChoice, ensurePlugins, type Plugins } from "./plugins";
import { ensurePulumi, type Pulumi } from "./pulumi";

/** Everything a stack is brought up with. */
export interface Toolchain {
  readonly pulumi: Pulumi;
  readonly plugins: Plugins;
}

/** What it takes to read a stack's state; says nothing where it is there. */
export async function quietToolchain(): Promise<Toolchain> {
  const pulumi = await ensurePulumi();
  return { pulumi, plugins: await ensurePlugins(`${pulumi.folder}/pulumi`) };
}

/** Sets up whatever is missing and says on standard error what was chosen. @throws UserError with what to do by hand */
export async function ensureToolchain(): Promise<Toolchain> {
  const docker = await ensureDocker();
  await ensureDebootstrap();
  const { pulumi, plugins } = await quietToolchain();
  const rows = [
    ["Node", process.version],
    ["Docker engine", docker],
    ["Pulumi", pulumi.choice],
    ...Object.entries(plugins.choices).map(([name, choice]) => [
      `plugin ${name} ${choice.version}`,
      describeChoice(choice),
    ]),
  ];
  const width = Math.max(...rows.map(([label]) => label?.length ?? 0));
  for (const [label, value] of rows) process.stderr.write(`  ${label?.padEnd(width)}  ${value}\n`);
  return { pulumi, plugins };
}

/** The sandbox's machines start from a root file system that this makes. */
async function ensureDebootstrap(): Promise<void> {
  if (existsSync("/usr/sbin/debootstrap")) return;
  if (!canInstall())
    throw new UserError(
      "debootstrap is not installed; the sandbox makes its machines with it: sudo apt-get install debootstrap",
    );
  await aptInstall("debootstrap", ["debootstrap"]);
}
