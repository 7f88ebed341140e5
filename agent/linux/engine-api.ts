/** Docker's HTTP API over its local socket: a call takes 2 ms where a start of the `docker` command takes 25 to 70. */
import { type IncomingMessage, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Failure, reasonOf } from "../failure";

const SOCKET = "/run/docker.sock";
/** Milliseconds without a byte after which a call is given up. A pull reports progress all the time. */
const SILENCE = 120_000;

/** A call of the API. */
export interface Call {
  readonly method: "GET" | "POST" | "DELETE";
  /** Path without version. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** For calls that may be silent for as long as they like, e.g. following a log. */
  readonly patient?: boolean;
}

/** Milliseconds in which Docker, were it to fall over, is back: systemd starts it again after 2 s. */
const PATIENCE = 15_000;
/** Milliseconds between two tries. */
const PAUSE = 250;

/** Sends a call and resolves with the answer's head; the body is still to be read. Rejects with a `Failure` if Docker can't be reached. */
export async function send(call: Call): Promise<IncomingMessage> {
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    try {
      return await sendOnce(call);
    } catch (thrown) {
      if (Date.now() >= deadline || !mayBeSentAgain(call, thrown as NodeJS.ErrnoException)) {
        throw new Failure(
          `Docker can't be reached at ${SOCKET}: ${reasonOf(thrown)}. Is it running? systemctl status docker`,
        );
      }
      await sleep(PAUSE);
    }
  }
}

/** What never got there can be sent again; of what may have, only what changes nothing. */
function mayBeSentAgain({ method }: Call, { code }: NodeJS.ErrnoException): boolean {
  return code === "ECONNREFUSED" || code === "ENOENT" || (code === "ECONNRESET" && method === "GET");
}

function sendOnce(call: Call): Promise<IncomingMessage> {
  const body = call.body === undefined ? undefined : JSON.stringify(call.body);
  const query = call.query ? `?${new URLSearchParams(call.query)}` : "";
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        socketPath: SOCKET,
        method: call.method,
        path: call.path + query,
        headers: {
          host: "docker",
          ...call.headers,
          ...(body !== undefined && { "content-type": "application/json", "content-length": Buffer.byteLength(body) }),
        },
        // Without a word of ours Node gives up after 5 s, its agent's own limit.
        timeout: call.patient ? 0 : SILENCE,
      },
      resolve,
    );
    sent.once("timeout", () => sent.destroy(new Error(`no sign of life for ${SILENCE / 1000} s`)));
    sent.once("error", reject);
    sent.end(body);
  });
}

/** The whole body of an answer as text. */
export async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

/** Sends a call whose answer is JSON or empty. `allowed` lists statuses to take for success besides 2xx, as `undefined`. */
export async function ask(call: Call, allowed: readonly number[] = []): Promise<unknown> {
  const answer = await send(call);
  const text = await textOf(answer);
  const status = answer.statusCode ?? 0;
  if (allowed.includes(status)) return undefined;
  if (status < 200 || status >= 300)
    throw new Failure(messageOf(text) || `Docker answered ${status} to ${call.method} ${call.path}`);
  return text === "" ? undefined : JSON.parse(text);
}

/** Docker's own words in an error body. */
export function messageOf(text: string): string {
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    return typeof message === "string" ? message.trim() : text.trim();
  } catch {
    return text.trim();
  }
}
