/** An SSH connection to a stack's machine, which must show the one host key that the stack knows. */
import { createHash } from "node:crypto";
import { connect as dial } from "node:net";
import ssh2, { type Client } from "ssh2";
import { UserError } from "../lib/userError";
import type { Login } from "./login";

/** The machine and who logs in. */
export interface Target {
  readonly stack: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** The one host key that is accepted, one line as in `authorized_keys`. */
  readonly hostKey: string;
  /** Tried in this order. */
  readonly logins: readonly Login[];
  /** Longest wait for a connection, in ms. @default 15 s */
  readonly patience?: number;
}

/** @see Target.patience */
const PATIENCE = 15_000;
/** Milliseconds between two signs of life; after four that are not answered the connection counts as lost. */
const ALIVE = 15_000;

/** Connects with the first login that the machine accepts. @throws UserError with what to check */
export async function connect(target: Target): Promise<Client> {
  for (const login of target.logins) {
    const client = await attempt(target, login);
    if (client) return client;
  }
  const { stack, address, user, logins } = target;
  throw new UserError(
    `${address} lets no one in as ${user} with ${logins.map(({ name }) => name).join(" or ")}. ` +
      `Put your public key under slipway:team in Pulumi.${stack}.yaml and bring the stack up`,
  );
}

/** Resolves with nothing where the login was refused: another may do. */
async function attempt(target: Target, login: Login): Promise<Client | undefined> {
  const pinned = parseHostKey(target);
  const client = new ssh2.Client();
  let shown: Buffer | undefined;
  try {
    return await new Promise<Client>((resolve, reject) => {
      client.once("ready", () => resolve(client));
      client.on("error", reject);
      client.once("close", () => reject(new Error("it closed the connection")));
      client.connect({
        // SSH's short messages would each wait 40 ms for an acknowledgement otherwise.
        sock: dial(target.port, target.address).setNoDelay(true),
        username: target.user,
        ...login.config,
        readyTimeout: target.patience ?? PATIENCE,
        keepaliveInterval: ALIVE,
        keepaliveCountMax: 4,
        // A machine with several keys must show the pinned one.
        algorithms: { serverHostKey: [pinned.type as never] },
        hostVerifier: (key: Buffer) => {
          shown = key;
          return key.equals(pinned.blob);
        },
      });
    });
  } catch (error) {
    client.destroy();
    if (shown && !shown.equals(pinned.blob)) throw wrongHostKey(target, pinned.blob, shown);
    if (isRefusal(error)) return undefined;
    throw unreachable(target, error as Error);
  }
}

function parseHostKey({ stack, hostKey }: Target): { type: string; blob: Buffer } {
  const parsed = ssh2.utils.parseKey(hostKey.trim());
  if (parsed instanceof Error) throw new UserError(`the output hostKey of stack ${stack} is no public key`);
  return { type: parsed.type, blob: parsed.getPublicSSH() };
}

/** Keys that don't fit, an agent that isn't there, or one with more keys than the machine lets itself be shown. */
function isRefusal(error: unknown): boolean {
  const { level, message } = error as { level?: string; message: string };
  return level === "client-authentication" || level === "agent" || /too many authentication failures/i.test(message);
}

function wrongHostKey({ stack, address }: Target, expected: Buffer, shown: Buffer): UserError {
  return new UserError(
    `${address} showed the host key ${fingerprint(shown)}, but stack ${stack} knows ${fingerprint(expected)}: the connection was refused. ` +
      "Someone may be in between; or the machine's key was changed by hand: put the old one back, or destroy the machine and bring the stack up anew",
  );
}

function unreachable({ stack, address, port }: Target, { message }: Error): UserError {
  return new UserError(
    `${address} can't be reached on port ${port}: ${message}. Is the machine on, and is your network in sshFrom under slipway:host in Pulumi.${stack}.yaml? ` +
      "In the sandbox: ./scripts/sandbox status",
  );
}

/** As `ssh-keygen -l` prints it. */
function fingerprint(blob: Buffer): string {
  return `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
}
