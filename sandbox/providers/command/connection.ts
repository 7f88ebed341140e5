/** How the `command` plugin reaches a host: settings with their defaults, the pinned host key, and many attempts. */
import { createHash } from "node:crypto";
import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import ssh2, { type AuthenticationType, type Client, type ConnectConfig } from "ssh2";
import type { Call, Failure } from "../resource";
import type { Properties, Value } from "../wire";

/** One hop. Times in seconds. */
export interface Hop {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password?: string;
  readonly privateKey?: string;
  readonly privateKeyPassword?: string;
  readonly agentSocketPath?: string;
  /** Failed attempts that are allowed; -1: any number. */
  readonly dialErrorLimit: number;
  /** Longest time for one attempt; 0: any time. */
  readonly perDialTimeout: number;
  /** The one key that is accepted, as in `authorized_keys`; without it every key is. */
  readonly hostKey?: string;
}

/** The way to a host, through a bastion if there is one. */
export interface Connection extends Hop {
  readonly proxy?: Hop;
}

const hopDefaults = { dialErrorLimit: 10, perDialTimeout: 15, port: 22, user: "root" };

/** A connection's settings as the state keeps them, with defaults at both hops; what isn't known yet stays as it is. */
export function completeConnection(given: Value | undefined): Value | undefined {
  if (typeof given !== "object" || given === null) return given;
  const connection = given as Properties;
  const { proxy } = connection;
  return {
    ...hopDefaults,
    ...connection,
    ...(typeof proxy === "object" && proxy !== null ? { proxy: { ...hopDefaults, ...(proxy as Properties) } } : {}),
  };
}

/** What is wrong in a connection's settings. */
export function connectionMistakes(connection: Properties): Failure[] {
  const hops: [string, Properties][] = [["connection", connection]];
  if (typeof connection.proxy === "object") hops.push(["connection.proxy", connection.proxy as Properties]);
  return hops.flatMap(([property, { host, hostKey }]) => [
    ...(typeof host === "string" && host !== ""
      ? []
      : [{ property, reason: `${property}.host is missing; give a host name or an address` }]),
    ...(hostKey === undefined || parseHostKey(String(hostKey)) !== undefined
      ? []
      : [
          {
            property,
            reason: `${property}.hostKey is not a public key; allowed: one line as in authorized_keys, e.g. "ssh-ed25519 AAAA…"`,
          },
        ]),
  ]);
}

function parseHostKey(line: string): { type: string; blob: Buffer } | undefined {
  const parsed = ssh2.utils.parseKey(line.trim());
  return parsed instanceof Error ? undefined : { type: parsed.type, blob: parsed.getPublicSSH() };
}

/** Runs `use` with an open connection, and closes it. */
export async function connected<T>(
  connection: Connection,
  call: Call,
  use: (client: Client) => Promise<T>,
): Promise<T> {
  const clients: Client[] = [];
  try {
    let through: Client | undefined;
    if (connection.proxy !== undefined) {
      through = await dial(connection.proxy, call, "Dial proxy");
      clients.push(through);
    }
    const client = await dial(connection, call, "Dial", through);
    clients.push(client);
    return await use(client);
  } finally {
    for (const client of clients.reverse()) client.end();
  }
}

/** A host that is not the one the connection pins. More attempts would not make it so. */
class WrongHostKey extends Error {}

/**
 * Attempts until one succeeds or the hop's limit is passed. A host that is still booting refuses connections and may know
 * no user yet, so these are tried again.
 */
async function dial(hop: Hop, call: Call, what: string, through?: Client): Promise<Client> {
  const config = clientConfig(hop);
  for (let failures = 0, delay = 100; ; delay = Math.min(delay * 1.5, 5_000)) {
    call.signal.throwIfAborted();
    try {
      return await attempt(hop, config, call.signal, through);
    } catch (error) {
      call.signal.throwIfAborted();
      if (error instanceof WrongHostKey) throw error;
      failures += 1;
      if (hop.dialErrorLimit >= 0 && failures > hop.dialErrorLimit) {
        throw new Error(`after ${failures - 1} failed attempts: ${error instanceof Error ? error.message : error}`);
      }
      call.log("status", `${what} ${failures}/${hop.dialErrorLimit < 0 ? "inf" : hop.dialErrorLimit} failed: retrying`);
    }
    await sleep(delay, undefined, { signal: call.signal });
  }
}

function clientConfig(hop: Hop): ConnectConfig {
  const pinned = hop.hostKey === undefined ? undefined : parseHostKey(hop.hostKey);
  // With a key of its own given, the agent is not asked.
  const agent = hop.privateKey === undefined ? (hop.agentSocketPath ?? process.env.SSH_AUTH_SOCK) : undefined;
  const ways: AuthenticationType[] = ["none"];
  if (hop.privateKey !== undefined) ways.push("publickey");
  if (hop.password !== undefined) ways.push("password", "keyboard-interactive");
  if (agent) ways.push("agent");
  return {
    username: hop.user,
    authHandler: ways,
    readyTimeout: hop.perDialTimeout * 1_000,
    ...(hop.password === undefined ? {} : { password: hop.password, tryKeyboard: true }),
    ...(hop.privateKey === undefined ? {} : { privateKey: hop.privateKey }),
    ...(hop.privateKeyPassword === undefined ? {} : { passphrase: hop.privateKeyPassword }),
    ...(agent ? { agent } : {}),
    // Only the pinned key's algorithm is offered: otherwise a host with several keys may show another of them.
    ...(pinned === undefined ? {} : { algorithms: { serverHostKey: [pinned.type as never] } }),
  };
}

async function attempt(hop: Hop, config: ConnectConfig, signal: AbortSignal, through?: Client): Promise<Client> {
  const sock = through === undefined ? socket(hop) : await forward(through, hop);
  const expected = hop.hostKey === undefined ? undefined : parseHostKey(hop.hostKey)?.blob;
  const client = new ssh2.Client();
  let shown: Buffer | undefined;
  const abort = () => client.destroy();
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await new Promise((resolve, reject) => {
      client.once("ready", () => resolve(client));
      client.on("error", (error) => reject(explain(error, hop, expected, shown)));
      client.once("close", () => reject(new Error(`${address(hop)} closed the connection before it was ready`)));
      client.on("keyboard-interactive", (_name, _text, _language, prompts, finish) =>
        finish(prompts.map(() => hop.password ?? "")),
      );
      const hostVerifier = (key: Buffer) => {
        shown = key;
        return expected === undefined || expected.equals(key);
      };
      client.connect({ ...config, sock: sock as Socket, hostVerifier });
    });
  } catch (error) {
    client.destroy();
    throw error;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** SSH's many short messages each wait 40 ms for an acknowledgement otherwise. */
function socket({ host, port }: Hop): Socket {
  return connect(port, host).setNoDelay(true);
}

function forward(proxy: Client, { host, port }: Hop): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    proxy.forwardOut("127.0.0.1", 0, host, port, (error, channel) => {
      if (error) reject(new Error(`the proxy can't reach ${host}:${port}: ${error.message}`));
      else resolve(channel);
    });
  });
}

const address = ({ host, port }: Hop) => `${host.includes(":") ? `[${host}]` : host}:${port}`;

/** What failed, in one line. */
function explain(error: Error & { level?: string; code?: string }, hop: Hop, expected?: Buffer, shown?: Buffer): Error {
  const where = address(hop);
  if (expected !== undefined && shown !== undefined && !expected.equals(shown)) {
    return new WrongHostKey(
      `${where} showed the host key ${fingerprint(shown)}, but connection.hostKey is ${fingerprint(expected)}; the connection was refused`,
    );
  }
  if (error.code === "ECONNREFUSED") return new Error(`${where} refused the connection`);
  if (error.level === "client-authentication") {
    return new Error(`${where} did not let the user ${hop.user} in: ${error.message}`);
  }
  return new Error(`${where}: ${error.message}`);
}

function fingerprint(blob: Buffer): string {
  return `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
}
