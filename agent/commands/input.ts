/** What commands read from standard input. */
import { prettifyError } from "zod";
import { Failure } from "../failure";
import type { Login } from "../host";
import { Fields, Manifest } from "../manifest";
import { guard } from "../redact";

/** All of standard input. @throws Failure on a terminal, where nothing would ever come */
export async function standardInput(expected: string): Promise<string> {
  if (process.stdin.isTTY) throw new Failure(`expected ${expected} on standard input`);
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

/** The manifest in a text. @throws Failure that never quotes the text, since it holds secrets */
export function manifestOf(text: string): Manifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Failure(`the manifest on standard input is not JSON (${text.length} characters)`);
  }
  const parsed = Manifest.safeParse(json);
  if (!parsed.success)
    throw new Failure(`the manifest is not what this slipway understands:\n${prettifyError(parsed.error)}`);
  return parsed.data;
}

/** The registry login in a text. @throws Failure that never quotes the text */
export function loginOf(text: string): Login {
  try {
    const login = Fields.shape.registry.unwrap().parse(JSON.parse(text));
    guard([login.password]);
    return login;
  } catch {
    throw new Failure(
      'the login on standard input is not what was expected: {"server": …, "username": …, "password": …}',
    );
  }
}
