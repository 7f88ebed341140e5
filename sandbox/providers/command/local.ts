/** Runs a command on this machine. */
import { spawn } from "node:child_process";
import type { Call } from "../resource";
import type { Properties } from "../wire";
import { Output } from "./logging";
import { previousOutput, quoted } from "./shared";

/** Runs `command` with the settings of a `local.Command`; rejects if its exit status is not 0. */
export async function runLocal(command: string, settings: Properties, call: Call): Promise<Properties> {
  const interpreter =
    Array.isArray(settings.interpreter) && settings.interpreter.length > 0 ? settings.interpreter : ["/bin/sh", "-c"];
  const [program = "/bin/sh", ...args] = [...interpreter.map(String), command];
  const output = new Output(call.log, settings.logging);
  const child = spawn(program, args, {
    signal: call.signal,
    env: { ...process.env, ...((settings.environment ?? {}) as Record<string, string>), ...previousOutput(settings) },
    ...(typeof settings.dir === "string" ? { cwd: settings.dir } : {}),
  });
  child.stdout.setEncoding("utf8").on("data", (text: string) => output.add("stdout", text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => output.add("stderr", text));
  // A command may end without reading all of its standard input.
  child.stdin.on("error", () => {});
  child.stdin.end(String(settings.stdin ?? ""));
  const end = await new Promise<string | undefined>((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("close", (code, signal) =>
      resolve(code === 0 ? undefined : signal === null ? `exit status ${code}` : `signal: ${signal}`),
    );
  });
  const streams = output.finish();
  if (end !== undefined) throw new Error(`${end}: running ${quoted(command)}:\n${output.all}`);
  return streams;
}
