/** What of a secret must not be seen by itself. */

/** A part that is shorter is no secret of its own: a bracket, a `}` at the end of JSON. */
const LEAST = 4;

/** Names whose values are secret within a secret that holds others, too. */
const SECRET_NAME = /pass|pwd|secret|token|key|sig|credential|private|auth/i;

/** `name=value` in a URL's query or a connection string, `name: value` in a file of settings. */
const ASSIGNMENT = /(?<![\w.-])([\w.-]{1,64})\s{0,4}[=:]\s{0,4}("[^"\n]*"|'[^'\n]*'|[^\s&;,"'#]+)/g;

/** The secret, each of its lines, the password in a URL, and what JSON or a connection string holds under a secret's name. */
export function partsOf(secret: string): string[] {
  const parts = [
    ...secret.split(/\r?\n/).map((line) => line.trim()),
    ...[...secret.matchAll(ASSIGNMENT)].flatMap(([, name = "", value = ""]) =>
      SECRET_NAME.test(name) && !isAddress(value) ? both(value.replace(/^(["'])(.*)\1$/, "$2")) : [],
    ),
    ...leavesOf(secret),
  ].filter((part) => part.length >= LEAST);
  // A password is a secret however short it is.
  return [secret, secret.trim(), ...passwordsOf(secret), ...parts];
}

function passwordsOf(secret: string): string[] {
  const found = /^\s*[a-z][a-z0-9+.-]*:\/\/[^:/?#\s]*:([^/?#\s]*)@/i.exec(secret)?.[1];
  return found ? both(found) : [];
}

/** As it stands and as it is meant. */
function both(encoded: string): string[] {
  try {
    return [encoded, decodeURIComponent(encoded)];
  } catch {
    return [encoded];
  }
}

function leavesOf(secret: string): string[] {
  if (!/^\s*[[{]/.test(secret)) return [];
  try {
    return leaves(JSON.parse(secret), false);
  } catch {
    return [];
  }
}

function leaves(value: unknown, isSecret: boolean): string[] {
  if (typeof value === "string") return isSecret && !isAddress(value) ? [value, ...value.split(/\r?\n/)] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => leaves(inner, isSecret || SECRET_NAME.test(name)));
}

/** An address without a password: the `token_uri` of a service account tells nothing. */
function isAddress(value: string): boolean {
  return /^["']?(https?:)?\/\/[^@]*$/i.test(value);
}
