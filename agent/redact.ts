/** Keeps secret values out of everything the engine prints or writes down. */

/** Shorter values are left alone: they would blot out ordinary words and hide nothing. */
const SHORTEST = 4;

/**
 * A function that replaces every secret by `***`: whole, URL-encoded, JSON-escaped, line by line where it has several, and the
 * password alone where the secret is a URL with one.
 */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const forms = [...new Set(secrets.flatMap(partsOf).flatMap(spellings))]
    .filter((form) => form.length >= SHORTEST)
    // The longest first, so that no shorter one tears a hole into it.
    .sort((a, b) => b.length - a.length);
  if (forms.length === 0) return (text) => text;
  const any = new RegExp(forms.map((form) => form.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|"), "g");
  return (text) => text.replace(any, "***");
}

function partsOf(secret: string): string[] {
  return [secret, ...secret.split(/\r?\n/).map((line) => line.trim()), ...passwordOf(secret)];
}

function passwordOf(secret: string): string[] {
  const found = /^[a-z][a-z0-9+.-]*:\/\/[^:/?#]*:([^/?#]*)@/i.exec(secret)?.[1];
  if (!found) return [];
  try {
    return [found, decodeURIComponent(found)];
  } catch {
    return [found];
  }
}

function spellings(part: string): string[] {
  const lone = /[\uD800-\uDFFF]/.test(part.replace(/[\uD800-\uDBFF][\uDC00-\uDFFF]/g, ""));
  const encoded = lone ? part : encodeURIComponent(part);
  return [
    part,
    encoded,
    encoded.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    encoded.replaceAll("%20", "+"),
    JSON.stringify(part).slice(1, -1),
  ];
}
