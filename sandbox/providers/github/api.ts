/** GitHub's REST API as its provider uses it. */
import { type Dialect, foreignText, numberOf, RestApi, type Settings } from "../rest";
import type { Properties } from "../wire";

export { type Answer, ApiError } from "../rest";

/** Where github.com has its API, without the path that an installation of one's own has. */
const DOTCOM = "https://api.github.com/";

/** A provider's configuration, with the variables that the real plugin reads where it says nothing. */
export function readSettings(given: Properties, env: NodeJS.ProcessEnv): Settings & { readonly owner: string } {
  const base = `${String(given.baseUrl ?? env.GITHUB_BASE_URL ?? DOTCOM).replace(/\/+$/, "")}/`;
  const wait = numberOf(given.retryDelayMs, undefined, 1000) / 1000;
  return {
    endpoint: base === DOTCOM ? base : `${base.replace(/api\/v3\/$/, "")}api/v3/`,
    token: String(given.token ?? env.GITHUB_TOKEN ?? ""),
    owner: String(given.owner ?? env.GITHUB_OWNER ?? ""),
    retries: numberOf(given.maxRetries, undefined, 3),
    shortestWait: wait,
    longestWait: wait,
  };
}

const dialect: Dialect = {
  setting: "github:baseUrl",
  // As go-github writes a refusal.
  describe(status, body) {
    const { message, errors } = refusalIn(body);
    const mistakes = errors.map(
      ({ resource = "", field = "", code = "", message: text = "" }) =>
        `{Resource:${resource} Field:${field} Code:${code} Message:${text}}`,
    );
    return `${status} ${message} [${mistakes.join(" ")}]`;
  },
  isPassing: (status) => [429, 500, 502, 503, 504].includes(status),
};

type Refusal = { readonly message: string; readonly errors: readonly Readonly<Record<string, string>>[] };

function refusalIn(body: string): Refusal {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === "object" && parsed !== null && "message" in parsed) {
      const errors = "errors" in parsed && Array.isArray(parsed.errors) ? parsed.errors : [];
      return { message: String(parsed.message), errors };
    }
  } catch {
    // Not JSON: read as it is.
  }
  return { message: foreignText(body), errors: [] };
}

/** A client. Paths are asked for below the API's own, e.g. `repos/OWNER/NAME`. */
export class Api extends RestApi {
  readonly #owner: string;

  constructor(settings: Settings & { readonly owner: string }) {
    super(settings, dialect);
    this.#owner = settings.owner;
  }

  /** Whose repositories are meant: the configured owner, else whoever the token belongs to. */
  async owner(signal: AbortSignal): Promise<string> {
    return this.#owner || String((await this.get("user", signal)).login);
  }

  /** The path of a repository that is named without its owner. */
  async repository(name: unknown, signal: AbortSignal): Promise<string> {
    return `repos/${await this.owner(signal)}/${name}`;
  }
}

/** Ids as the real plugin makes them: parts with a colon between, colons within written as two question marks. */
export function idOf(...parts: readonly unknown[]): string {
  return parts.map((part, at) => (at === parts.length - 1 ? `${part}` : `${part}`.replaceAll(":", "??"))).join(":");
}
