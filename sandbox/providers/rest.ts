/** A cloud's API as a provider uses it: a token, JSON both ways, and another try where that helps. */
import { setTimeout as sleep } from "node:timers/promises";

/** Where an API is and how patiently it is asked. Times in seconds. */
export interface Settings {
  readonly endpoint: string;
  readonly token: string;
  /** Further tries after the first. */
  readonly retries: number;
  readonly shortestWait: number;
  readonly longestWait: number;
}

/** What one cloud's API has of its own. */
export interface Dialect {
  /** The setting that says where the API is, e.g. `linode:url`. */
  readonly setting: string;
  /** The text of a refusal, from its status and body. */
  describe(status: number, body: string, requestId: string | null): string;
  /** Whether a request is worth another try after an answer, as the real plugin sees it. */
  isPassing(status: number, body: string): boolean;
}

/** An answer other than 2xx. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;

  constructor(request: string, status: number, text: string) {
    super(`${request}: ${text}`);
    this.status = status;
  }
}

/** What the API's answers hold; each caller knows the part it asked for. */
// biome-ignore lint/suspicious/noExplicitAny: the API's answers are trusted here; the sandbox's tests hold them to its schema.
export type Answer = any;

/** A client. */
export class RestApi {
  readonly #settings: Settings;
  readonly #dialect: Dialect;

  constructor(settings: Settings, dialect: Dialect) {
    this.#settings = settings;
    this.#dialect = dialect;
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

  patch(path: string, body: object, signal: AbortSignal): Promise<Answer> {
    return this.#ask("PATCH", path, body, signal);
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

  /** Removes what may be gone already. */
  async discard(path: string, signal: AbortSignal): Promise<void> {
    try {
      await this.delete(path, signal);
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 404)) throw error;
    }
  }

  async #ask(method: string, path: string, body: object | undefined, signal: AbortSignal): Promise<Answer> {
    const { endpoint, token, retries, shortestWait, longestWait } = this.#settings;
    const url = new URL(path, endpoint);
    const request = `${method} ${url}`;
    for (let tries = 0; ; tries += 1) {
      const outcome = await send(method, url, token, body, signal);
      const text = outcome instanceof Error ? "" : await outcome.text();
      if (!(outcome instanceof Error) && outcome.ok) return text === "" ? undefined : JSON.parse(text);
      if (tries >= retries || !(outcome instanceof Error || this.#dialect.isPassing(outcome.status, text))) {
        if (outcome instanceof Error)
          throw new Error(`${request}: ${outcome.message} (${this.#dialect.setting} is ${endpoint})`);
        const { status, headers } = outcome;
        throw new ApiError(request, status, this.#dialect.describe(status, text, headers.get("x-request-id")));
      }
      const wait = askedWait(outcome) ?? Math.min(shortestWait * 2 ** tries, longestWait);
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

/** Seconds that the answer asks to wait. */
function askedWait(outcome: Response | Error): number | undefined {
  if (outcome instanceof Error || (outcome.status !== 429 && outcome.status !== 503)) return undefined;
  const seconds = Number(outcome.headers.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
}

/** The first line of a body that isn't the API's own: something between here and there answered. */
export function foreignText(body: string): string {
  return body.trim().split("\n")[0]?.slice(0, 200) || "no message";
}

/** A setting as a number, from the program, a variable, or else the plugin's default. */
export function numberOf(setting: unknown, variable: string | undefined, otherwise: number): number {
  const value = Number(setting ?? variable ?? otherwise);
  return Number.isFinite(value) ? value : otherwise;
}
