/** Runs a command on a host over SSH. */
import type { Client, ClientChannel } from "ssh2";
import type { Call } from "../resource";
import type { Properties } from "../wire";
import { type Connection, connected } from "./connection";
import { Output } from "./logging";
import { previousOutput, quoted } from "./shared";

/** Runs `command` with the settings of a `remote.Command`; rejects if its exit status is not 0. */
export async function runRemote(command: string, settings: Properties, call: Call): Promise<Properties> {
  return connected(settings.connection as unknown as Connection, call, async (client) => {
    const abort = () => client.destroy();
    call.signal.addEventListener("abort", abort, { once: true });
    try {
      const env = await acceptedEnvironment(client, settings, call);
      const output = new Output(call.log, settings.logging);
      const end = await execute(client, command, env, String(settings.stdin ?? ""), output);
      const streams = output.finish();
      call.signal.throwIfAborted();
      if (end !== undefined) throw new Error(`${end}: running ${quoted(command)}:\n${output.all}`);
      return streams;
    } finally {
      call.signal.removeEventListener("abort", abort);
    }
  });
}

type Environment = Readonly<Record<string, string>>;

/**
 * The variables to send. A server that doesn't accept a variable says nothing to this client, so it is asked: one that the
 * program gave must arrive, the previous output may be left out.
 */
async function acceptedEnvironment(client: Client, settings: Properties, call: Call): Promise<Environment> {
  const wanted = (settings.environment ?? {}) as Environment;
  const previous = previousOutput(settings);
  const env = { ...wanted, ...previous };
  if (Object.keys(env).length === 0) return {};
  const probe = new Output(() => {}, "none");
  const script = Object.keys(env).map((name) => `printenv ${name} >/dev/null || echo ${name}`);
  await execute(client, script.join("; "), env, "", probe);
  const refused = probe
    .finish()
    .stdout.split("\n")
    .filter((name) => name !== "");
  const advice = "the SSH server must allow it with AcceptEnv, or the command can start with NAME=value";
  for (const name of refused) {
    if (name in wanted) throw new Error(`could not set environment variable ${quoted(name)}: ${advice}`);
    call.log("warning", `Unable to set '${name}': ${advice}`);
  }
  return Object.fromEntries(Object.entries(env).filter(([name]) => !refused.includes(name)));
}

/** Why the command did not end well, or `undefined` if its exit status is 0. */
function execute(
  client: Client,
  command: string,
  env: Environment,
  stdin: string,
  output: Output,
): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    client.once("error", reject);
    client.exec(command, { env: { ...env } }, (error, channel) => {
      if (error) reject(error);
      else follow(channel, stdin, output).then(resolve, reject);
    });
  });
}

function follow(channel: ClientChannel, stdin: string, output: Output): Promise<string | undefined> {
  return new Promise((resolve) => {
    let end: string | undefined = "the connection was lost before the command ended";
    channel.setEncoding("utf8").on("data", (text: string) => output.add("stdout", text));
    channel.stderr.setEncoding("utf8").on("data", (text: string) => output.add("stderr", text));
    channel.on("exit", (code: number | null, signal?: string) => {
      if (code === 0) end = undefined;
      else if (code !== null) end = `Process exited with status ${code}`;
      else end = `Process exited from signal ${String(signal).replace(/^SIG/, "")}`;
    });
    channel.on("close", () => resolve(end));
    // A command may end without reading all of its standard input.
    channel.on("error", () => {});
    channel.end(stdin);
  });
}
