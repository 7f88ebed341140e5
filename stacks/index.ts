/** The program's one entry: reads the settings, and wires the shape of environment they ask for. */
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { Provenance } from "../infra/release/provenance";
import { type MachineRun, machine } from "./machine";
import { type ConfigSource, readSettings } from "./settings";
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
    root,
  };
}

/**
 * What this stack gave back last time. Its own state is read, so that an unchanged app is not released again, and no volume is
 * asked to shrink.
 */
function remembered(): Pick<MachineRun, "remembered" | "lastVolume"> {
  const self = new pulumi.StackReference("self", {
    name: `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`,
  });
  return {
    remembered: self
      .getOutput("provenance")
      .apply((provenance: Record<string, Provenance> | undefined) => provenance ?? {}),
    lastVolume: self.getOutput("volumeSize") as pulumi.Output<number | undefined>,
  };
}

function settings() {
  try {
    return readSettings(source());
  } catch (error) {
    // RunError is shown without a stack trace: the mistake is the user's, not the program's.
    if (error instanceof SettingsError) throw new pulumi.RunError(error.message);
    throw error;
  }
}

export const { urls, address, recordsToSet, volumeSize, ssh, hostKey, deployKey, releases, provenance, ci } = machine(
  settings(),
  {
    origin: readOrigin(process.env, root, Date.now()),
    ...remembered(),
    agent: join(root, "dist", "agent", "slipway.js"),
  },
);
