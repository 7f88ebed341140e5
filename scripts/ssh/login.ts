/** With which keys a person may log in on a stack's machine. */
import { readFileSync } from "node:fs";
import ssh2, { type ConnectConfig } from "ssh2";
import { UserError } from "../lib/userError";

/** One way to log in. */
export interface Login {
  /** For a message, e.g. `the keys of your ssh-agent`. */
  readonly name: string;
  /** What the SSH client is told. */
  readonly config: Pick<ConnectConfig, "agent" | "privateKey">;
}

/**
 * The ways to log in, the best first: the key of `SLIPWAY_SSH_KEY` and no other where that is set, else the person's ssh-agent, so that
 * the machine's log tells people apart, else the stack's own key.
 * @throws UserError if the file can't be read or is no private key, or if there is no way at all
 */
export function loginsOf(
  env: Readonly<Record<string, string | undefined>>,
  deployKey: string | undefined,
): readonly Login[] {
  const { SLIPWAY_SSH_KEY: path, SSH_AUTH_SOCK: agent } = env;
  if (path) return [{ name: `the key in ${path}`, config: { privateKey: privateKeyIn(path) } }];
  const logins = [
    ...(agent ? [{ name: "the keys of your ssh-agent", config: { agent } }] : []),
    ...(deployKey ? [{ name: "the stack's own key", config: { privateKey: deployKey } }] : []),
  ];
  if (logins.length > 0) return logins;
  throw new UserError(
    "there is no key to log in with: the stack has no output deployKey yet (the next up gives it one), no ssh-agent runs, and SLIPWAY_SSH_KEY is not set",
  );
}

function privateKeyIn(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new UserError(`SLIPWAY_SSH_KEY: ${(error as Error).message}`);
  }
  const parsed = ssh2.utils.parseKey(text);
  if (!(parsed instanceof Error)) {
    if (parsed.isPrivateKey()) return text;
    throw new UserError(`SLIPWAY_SSH_KEY: ${path} is a public key; name the private one beside it`);
  }
  throw new UserError(
    /passphrase|encrypted/i.test(parsed.message)
      ? `SLIPWAY_SSH_KEY: ${path} has a passphrase; load it into your ssh-agent instead: ssh-add ${path}; unset SLIPWAY_SSH_KEY`
      : `SLIPWAY_SSH_KEY: ${path} is no private key: ${parsed.message}`,
  );
}
