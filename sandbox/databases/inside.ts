import type { Duplex } from "node:stream";
import type Docker from "dockerode";
import { plainLogs } from "../engine";

/**
 * Runs a command in a container that runs, with a text on its standard input.
 * @returns what it printed
 * @throws Error with the line that tells of the error if its exit code is not 0
 */
export async function runInside(
  container: Docker.Container,
  command: readonly string[],
  input: string,
): Promise<string> {
  const exec = await container.exec({
    Cmd: [...command],
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream: Duplex = await exec.start({ hijack: true, stdin: true });
  const output = buffered(stream);
  stream.end(input);
  const said = plainLogs(await output).trim();
  const { ExitCode: code } = await exec.inspect();
  if (code === 0) return said;
  const lines = said.split("\n");
  throw new Error(`${command[0]} ended with ${code}: ${lines.find((line) => /error/i.test(line)) ?? lines.pop()}`);
}

async function buffered(stream: Duplex): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}
