import { refused } from "../errors";
import type { Repository } from "../repositories/model";
import { keyIdOf, open } from "../sealedBox";

/** A secret of Actions, kept as it came: sealed. Times in milliseconds since 1970. */
export interface Secret {
  readonly name: string;
  sealed: string;
  readonly created: number;
  updated: number;
}

/** Bytes of one secret, and how many a repository or an environment may have (docs.github.com, "Secrets reference", 2026). */
export const SECRET_SIZE = 48 * 1024;
const SECRETS = 100;

/** What a secret is made or changed from. */
export interface AskedSecret {
  readonly encrypted_value: string;
  readonly key_id: string;
}

/** Puts a secret into a list. @returns whether it is a new one. Throws the API's 422; the wordings but that for names are guesses */
export async function putSecret(
  repository: Repository,
  list: Secret[],
  asked: AskedSecret & { readonly name: string },
  now: number,
): Promise<boolean> {
  checkName(asked.name, "Secret");
  if (asked.key_id !== keyIdOf(repository)) throw refused("Secret could not be saved: key_id is not the public key's");
  const value = await open(repository, asked.encrypted_value);
  if (value === undefined) throw refused("Improperly encrypted secret");
  if (value.length > SECRET_SIZE) throw refused("Secret value is too large: it must be less than 48 KB");
  const name = asked.name.toUpperCase();
  const known = list.find((secret) => secret.name === name);
  if (known) {
    Object.assign(known, { sealed: asked.encrypted_value, updated: now });
    return false;
  }
  if (list.length >= SECRETS) throw refused(`Secret limit reached: no more than ${SECRETS} are allowed`);
  list.push({ name, sealed: asked.encrypted_value, created: now, updated: now });
  return true;
}

/** Throws the API's 422 for a name that secrets and variables may not have. */
export function checkName(name: string, what: "Secret" | "Variable"): void {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    throw refused(
      `${what} names can only contain alphanumeric characters ([a-z], [A-Z], [0-9]) or underscores (_). Spaces are not allowed. Must start with a letter ([a-z], [A-Z]) or underscores (_).`,
    );
  }
  if (/^github_/i.test(name)) throw refused(`${what} names must not start with GITHUB_.`);
}
