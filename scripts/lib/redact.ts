/** Takes secrets out of a text that others will read. */

/** Names of variables whose values are nobody's business. */
const secretName = /(TOKEN|PASSWORD|PASSPHRASE|SECRET|CREDENTIAL|PRIVATE|KEY)/;

/** Shorter values are found in any text. */
const shortest = 6;

/** `text` without the values of the environment's secrets, whatever brought them there. */
export function redact(text: string, env: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(env)
    .filter(([name, value]) => secretName.test(name) && (value ?? "").length >= shortest)
    .map(([, value]) => value ?? "")
    .sort((one, other) => other.length - one.length)
    .reduce((rest, value) => rest.replaceAll(value, "[secret]"), text);
}
