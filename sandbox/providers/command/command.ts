/** The `command` plugin's stand-in: commands on this machine and on hosts, and files for hosts. */
import { randomBytes } from "node:crypto";
import type { Call, Failure, Plugin, Resource } from "../resource";
import { asAsset, type Properties } from "../wire";
import { completeConnection, connectionMistakes } from "./connection";
import { copyToRemote, sourceMistakes } from "./copy";
import { runLocal } from "./local";
import { runRemote } from "./remote";

type Run = (command: string, settings: Properties, call: Call) => Promise<Properties>;

const uniqueId = (name: string) => name + randomBytes(4).toString("hex");

/** A command that is run when the resource is made, changed and removed. */
function commandResource(
  run: Run,
): Pick<Resource, "computed" | "changing" | "compare" | "create" | "update" | "delete"> {
  const printed = ["stdout", "stderr"];
  return {
    computed: printed,
    changing: printed,
    compare: "inputs",
    async create(inputs, call) {
      const nothing = { stdout: "", stderr: "" };
      const output = typeof inputs.create === "string" ? await run(inputs.create, inputs, call) : nothing;
      return { id: uniqueId(call.name), outputs: { ...inputs, ...output } };
    },
    async update(_id, { stdout, stderr }, inputs, call) {
      const command = inputs.update ?? inputs.create;
      const settings = { ...inputs, stdout, stderr };
      return typeof command === "string" ? { ...inputs, ...(await run(command, settings, call)) } : settings;
    },
    async delete(_id, state, call) {
      if (typeof state.delete === "string") await run(state.delete, state, call);
    },
  };
}

const withConnection = {
  secrets: ["connection"],
  complete: (given: Properties) => ({ ...given, connection: completeConnection(given.connection) }),
};

const remoteCommand: Resource = {
  ...commandResource(runRemote),
  ...withConnection,
  required: ["connection"],
  replaceOn: ["triggers"],
  mistakes: ({ connection }) => connectionMistakes(connection as Properties),
};

/** Files a local command leaves behind are read by patterns, which nothing here needs. */
function leftOut(inputs: Properties): Failure[] {
  return ["archivePaths", "assetPaths"]
    .filter((property) => inputs[property] !== undefined)
    .map((property) => ({ property, reason: `${property} is not in the sandbox's stand-in for the command plugin` }));
}

const localCommand: Resource = {
  ...commandResource(runLocal),
  required: [],
  replaceOn: ["triggers"],
  mistakes: leftOut,
};

const copy: Resource = {
  ...withConnection,
  required: ["connection", "source", "remotePath"],
  replaceOn: ["triggers"],
  computed: [],
  compare: "inputs",
  mistakes: (inputs) => [...connectionMistakes(inputs.connection as Properties), ...sourceMistakes(inputs)],
  async create(inputs, call) {
    await copyToRemote(inputs, call);
    return { id: uniqueId(""), outputs: inputs };
  },
  async update(_id, state, inputs, call) {
    const sameSource = asAsset(state.source)?.hash === asAsset(inputs.source)?.hash;
    if (!sameSource || state.remotePath !== inputs.remotePath) await copyToRemote(inputs, call);
    return inputs;
  },
};

/** @see Plugin */
export const command: Plugin = {
  name: "command",
  resources: {
    "command:local:Command": localCommand,
    "command:remote:Command": remoteCommand,
    "command:remote:CopyToRemote": copy,
  },
  functions: {
    "command:local:run": async (inputs, call) => ({
      ...inputs,
      ...(await runLocal(String(inputs.command), inputs, call)),
    }),
  },
};
