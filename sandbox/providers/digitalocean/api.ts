/** DigitalOcean's API v2 as its providers use it: a token, JSON both ways, and another try where that helps. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Properties } from "../wire";

/** Where the API is and how it is asked. Times in seconds. */
export interface Settings {
  readonly endpoint: string;
  readonly token: string;
  /** Further tries after the first. */
  readonly retries: number;
  readonly shortestWait: number;
  readonly longestWait: number;
}

/** A provider's configuration, with the variables that the real plugin reads where it says nothing. */
export function readSettings(given: Properties, env: NodeJS.ProcessEnv): Settings {
  const number = (setting: unknown, variable: string | undefined, otherwise: number) => {
    const value = Number(setting ?? variable ?? otherwise);
    return Number.isFinite(value) ? value : otherwise;
  };
  return {
    endpoint: String(given.apiEndpoint ?? env.DIGITALOCEAN_API_URL ?? "https://api.digitalocean.com"),
    token: String(given.token ?? env.DIGITALOCEAN_TOKEN ?? env.DIGITALOCEAN_ACCESS_TOKEN ?? ""),
    retries: number(given.httpRetryMax, env.DIGITALOCEAN_HTTP_RETRY_MAX, 4),
    shortestWait: number(given.httpRetryWaitMin, env.DIGITALOCEAN_HTTP_RETRY_WAIT_MIN, 1),
    longestWait: number(given.httpRetryWaitMax, env.DIGITALOCEAN_HTTP_RETRY_WAIT_MAX, 30),
  };
}

/** An answer other than 2xx. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;

  constructor(request: string, status: number, body: string, requestId: string | null) {
    super(`${request}: ${status}${requestId === null ? "" : ` (request "${requestId}")`} ${advice(status, body)}`);
    this.status = status;
  }
}

function advice(status: number, body: string): string {
  const message = messageOf(body);
  if (status !== 401) return message;
  return `${message}; give a valid token as digitalocean:token or in DIGITALOCEAN_TOKEN`;
}

function messageOf(body: string): string {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === "object" && parsed !== null && "message" in parsed) return String(parsed.message);
  } catch {
    // Something between here and the API answered, in its own words.
  }
  return body.trim().split("\n")[0]?.slice(0, 200) || "no message";
}

/** What the API's answers hold; each caller knows the part it asked for. */
// biome-ignore lint/suspicious/noExplicitAny: the API's answers are trusted here; the sandbox's tests hold them to its schema.
export type Answer = any;

/** A client. */
export class Api {
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  get(path: string, signal: AbortSignal): Promise<Answer> {
    return this.#ask("GET", path, undefined, signal);
  }

  post(path: string, body: object, signal: AbortSignal): Promise<Answer> {
    return this.#ask("POST", path, body, signal);
  }

  put(path: string, body: object, signal: AbortSignal): Promise<Answer> {
    return this.#ask("PUT", path, body, signal);
  }

  delete(path: string, signal: AbortSignal, body?: object): Promise<Answer> {
    return this.#ask("DELETE", path, body, signal);
  }

  /** The answer, or `undefined` if there is no such thing. */
  async find(path: string, signal: AbortSignal): Promise<Answer | undefined> {
    try {
      return await this.get(path, signal);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  }

  async #ask(method: string, path: string, body: object | undefined, signal: AbortSignal): Promise<Answer> {
    const { endpoint, token, retries, shortestWait, longestWait } = this.#settings;
    const url = new URL(path, endpoint);
    const request = `${method} ${url}`;
    for (let tries = 0; ; tries += 1) {
      const outcome = await send(method, url, token, body, signal);
      if (!(outcome instanceof Error) && outcome.ok) return readBody(outcome);
      if (tries >= retries || !isWorthAnotherTry(outcome)) {
        if (outcome instanceof Error)
          throw new Error(`${request}: ${outcome.message} (digitalocean:apiEndpoint is ${endpoint})`);
        throw new ApiError(request, outcome.status, await outcome.text(), outcome.headers.get("x-request-id"));
      }
      const wait = askedWait(outcome) ?? Math.min(shortestWait * 2 ** tries, longestWait);
      if (!(outcome instanceof Error)) await outcome.body?.cancel();
      await sleep(wait * 1_000, undefined, { signal });
    }
  }
}

async function send(
  method: string,
  url: URL,
  token: string,
  body: object | undefined,
  signal: AbortSignal,
): Promise<Response | Error> {
  try {
    return await fetch(url, {
      method,
      signal,
      headers: {
        accept: "application/json",
        authorization: `Bearer ${token}`,
        "user-agent": "slipway-sandbox",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (error) {
    signal.throwIfAborted();
    const { cause } = error as Error;
    return cause instanceof Error ? cause : (error as Error);
  }
}

/** As the real plugin's client: a lost connection, too many requests, and the server's own failures but 501. */
function isWorthAnotherTry(outcome: Response | Error): boolean {
  if (outcome instanceof Error) return true;
  return outcome.status === 429 || (outcome.status >= 500 && outcome.status !== 501);
}

/** Seconds that the answer asks to wait. */
function askedWait(outcome: Response | Error): number | undefined {
  if (outcome instanceof Error || (outcome.status !== 429 && outcome.status !== 503)) return undefined;
  const seconds = Number(outcome.headers.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
}

async function readBody(response: Response): Promise<Answer> {
  const text = await response.text();
  return text === "" ? undefined : JSON.parse(text);
}
