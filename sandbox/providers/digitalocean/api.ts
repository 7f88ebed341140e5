/** DigitalOcean's API v2 as its providers use it. */
import { type Dialect, foreignText, numberOf, RestApi, type Settings } from "../rest";
import type { Properties } from "../wire";

export { type Answer, ApiError } from "../rest";

/** A provider's configuration, with the variables that the real plugin reads where it says nothing. */
export function readSettings(given: Properties, env: NodeJS.ProcessEnv): Settings {
  return {
    endpoint: String(given.apiEndpoint ?? env.DIGITALOCEAN_API_URL ?? "https://api.digitalocean.com"),
    token: String(given.token ?? env.DIGITALOCEAN_TOKEN ?? env.DIGITALOCEAN_ACCESS_TOKEN ?? ""),
    retries: numberOf(given.httpRetryMax, env.DIGITALOCEAN_HTTP_RETRY_MAX, 4),
    shortestWait: numberOf(given.httpRetryWaitMin, env.DIGITALOCEAN_HTTP_RETRY_WAIT_MIN, 1),
    longestWait: numberOf(given.httpRetryWaitMax, env.DIGITALOCEAN_HTTP_RETRY_WAIT_MAX, 30),
  };
}

const dialect: Dialect = {
  setting: "digitalocean:apiEndpoint",
  describe: (status, body, requestId) =>
    `${status}${requestId === null ? "" : ` (request "${requestId}")`} ${advice(status, messageOf(body))}`,
  // As the real plugin's client: too many requests, and the server's own failures but 501.
  isPassing: (status) => status === 429 || (status >= 500 && status !== 501),
};

function advice(status: number, message: string): string {
  return status === 401 ? `${message}; give a valid token as digitalocean:token or in DIGITALOCEAN_TOKEN` : message;
}

function messageOf(body: string): string {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === "object" && parsed !== null && "message" in parsed) return String(parsed.message);
  } catch {
    // Not JSON: read as it is.
  }
  return foreignText(body);
}

/** A client. */
export class Api extends RestApi {
  constructor(settings: Settings) {
    super(settings, dialect);
  }
}
