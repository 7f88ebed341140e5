/** Linode's API v4 as its provider uses it. */
import { type Dialect, foreignText, numberOf, RestApi, type Settings } from "../rest";
import type { Properties } from "../wire";

export { type Answer, ApiError } from "../rest";

/**
 * A provider's configuration, with the variables that the real plugin reads where it says nothing. The address comes without
 * the API's version, as the real plugin wants it.
 */
export function readSettings(given: Properties, env: NodeJS.ProcessEnv): Settings {
  const url = String(given.url ?? env.LINODE_URL ?? "https://api.linode.com");
  const version = String(given.apiVersion ?? env.LINODE_API_VERSION ?? "v4");
  return {
    endpoint: `${url.replace(/\/+$/, "")}/${version}/`,
    token: String(given.token ?? env.LINODE_TOKEN ?? ""),
    retries: 4,
    shortestWait: numberOf(given.minRetryDelayMs, undefined, 100) / 1_000,
    longestWait: numberOf(given.maxRetryDelayMs, undefined, 30_000) / 1_000,
  };
}

const BUSY = "Linode busy.";

const dialect: Dialect = {
  setting: "linode:url",
  describe(status, body) {
    const text = `[${status}] ${reasonsOf(body)
      .map(({ field, reason }) => (field === undefined ? reason : `[${field}] ${reason}`))
      .join("; ")}`;
    return status === 401 ? `${text}; give a valid token as linode:token or in LINODE_TOKEN` : text;
  },
  // As the real plugin's client: failures of the server other than 503 are final.
  isPassing: (status, body) =>
    [408, 429, 503].includes(status) || (status === 400 && reasonsOf(body).some(({ reason }) => reason === BUSY)),
};

function reasonsOf(body: string): { readonly reason: string; readonly field?: string }[] {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === "object" && parsed !== null && "errors" in parsed && Array.isArray(parsed.errors)) {
      return parsed.errors;
    }
  } catch {
    // Not JSON: read as it is.
  }
  return [{ reason: foreignText(body) }];
}

/** A client. Paths are asked for below the API's version, e.g. `linode/instances`. */
export class Api extends RestApi {
  constructor(settings: Settings) {
    super(settings, dialect);
  }
}
